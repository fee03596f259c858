import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { beginAttempt, recallAttempt } from './provider-attempt.ts';

const [old, fresh] = [new Secret('a'.repeat(40)), new Secret('b'.repeat(40))];
const keys = deriveServiceKeys(old);
const pending = { userCode: 'BCDF-GHJK', next: 'sessions', again: true };

test('an attempt is recalled by its ticket and its state, by every process with the secret', () => {
  const attempt = beginAttempt('corp', pending, 1_000, keys);
  expect(recallAttempt(attempt.ticket, attempt.state, deriveServiceKeys(old))).toEqual(attempt);
  expect(attempt.expiresAtMs).toBe(601_000);
});

test('an attempt survives a rotation of the secret', () => {
  const attempt = beginAttempt('corp', {}, 1_000, keys);
  expect(attempt).toMatchObject({ userCode: '', next: '', session: '', again: false });
  expect(recallAttempt(attempt.ticket, attempt.state, deriveServiceKeys(fresh, old))).toEqual(attempt);
  expect(recallAttempt(attempt.ticket, attempt.state, deriveServiceKeys(fresh))).toBeNull();
});

test('the state of one attempt does not vouch for the ticket of another', () => {
  const [one, two] = [beginAttempt('corp', {}, 1_000, keys), beginAttempt('corp', {}, 1_000, keys)];
  expect(recallAttempt(one.ticket, two.state, keys)).toBeNull();
  expect(recallAttempt('', '', keys)).toBeNull();
});

test('neither ticket nor state tell the nonce or the code verifier', () => {
  const { ticket, state, nonce, codeVerifier } = beginAttempt('corp', pending, 1_000, keys);
  expect(new Set([state, nonce, codeVerifier]).size).toBe(3);
  for (const secret of [nonce, codeVerifier]) expect(ticket).not.toContain(secret);
});
