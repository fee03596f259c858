import { randomBytes } from 'node:crypto';
import { maskToken, unmaskToken } from './csrf-mask.ts';

test('a token is different in every page, and the same for us', () => {
  const token = randomBytes(32).toString('base64url');
  const [one, other] = [maskToken(token), maskToken(token)];
  expect(one).not.toBe(other);
  expect(one).not.toContain(token);
  expect([one, other, token].map(unmaskToken)).toEqual([token, token, token]);
});

test.each(['', 'short', 'x'.repeat(254)])('what is no masked token stays as it is: %j', (presented) => {
  expect(unmaskToken(presented)).toBe(presented);
});
