import { randomBytes } from 'node:crypto';
import { maskToken, unmaskToken } from './csrf-mask.ts';

test('a token is different in every page, and the same for us', () => {
  const token = randomBytes(32).toString('base64url');
  const [one, other] = [maskToken(token), maskToken(token)];
  expect(one).not.toBe(other);
  expect(one).not.toContain(token);
  for (const half of [0, 32])
    expect(Buffer.from(one, 'base64url').toString('base64url', half, half + 32)).not.toBe(token);
  expect([one, other, token].map(unmaskToken)).toEqual([token, token, token]);
});

test.each(['', 'short', 'x'.repeat(254)])('what is no masked token stays as it is: %j', (presented) => {
  expect(unmaskToken(presented)).toBe(presented);
});
