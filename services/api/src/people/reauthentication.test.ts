import type { Authentication } from '@ravi/accounts';
import { Reauthentication } from './reauthentication.ts';

const nowMs = 1_000_000_000;
const reauthentication = new Reauthentication({
  clock: { nowMs: () => nowMs },
  reauthenticateAfterSeconds: 7200,
  requireSecondFactor: true,
});

/** Somebody who proved this so many seconds ago. */
function signedIn(
  by: Authentication['by'],
  factor: Authentication['factor'],
  hasSecondFactor = true,
  ago = 1,
) {
  const account = {
    id: 1,
    email: 'ada@example.com',
    firstName: '',
    lastName: '',
    emailVerified: true,
    epoch: '1',
    sessionsEpoch: '1',
    blocked: false,
    hasSecondFactor,
  };
  const authentication = { by, factor, atMs: nowMs - ago * 1000 };
  return { account, authentication, firstId: 'id', token: 'token' };
}

const missing = (...proof: Parameters<typeof signedIn>) =>
  reauthentication.beforeApproval(signedIn(...proof), 'page');

test('where a second factor is required, a proof of one that is gone does not approve', () => {
  expect(missing('password', 'totp')).toBe('nothing');
  expect(missing('passkey', null)).toBe('nothing');
  expect(missing('provider', null, false)).toBe('nothing');
  // Of an account that has a factor, a provider is only the first step.
  expect(missing('provider', null)).toBe('proof');
  expect(missing('provider', 'totp')).toBe('nothing');
  expect(missing('password', null)).toBe('proof');
  expect(missing('password', null, false)).toBe('factor');
  expect(missing('password', 'totp', false)).toBe('factor');
  expect(missing('passkey', null, false)).toBe('factor');
});

test('a proof is good for as long as the operator says, and none from the future is', () => {
  const ago = (seconds: number) => missing('password', 'totp', true, seconds);
  expect([ago(7199), ago(7200)]).toEqual(['nothing', 'proof']);
  expect([ago(-60), ago(-61)]).toEqual(['nothing', 'proof']);
});

test('the form of a page that was shown in time is good for a quarter of an hour longer', () => {
  const of = (ago: number) =>
    reauthentication.beforeApproval(signedIn('password', 'totp', true, ago), 'form');
  expect([of(7200 + 899), of(7200 + 900)]).toEqual(['nothing', 'proof']);
});

test('for how one signs in, a proof is good for a quarter of an hour', () => {
  const needed = (ago: number, stage: 'page' | 'form') =>
    reauthentication.isNeededForAccount(signedIn('passkey', null, true, ago), stage);
  expect([needed(899, 'page'), needed(900, 'page')]).toEqual([false, true]);
  expect([needed(1799, 'form'), needed(1800, 'form')]).toEqual([false, true]);
});
