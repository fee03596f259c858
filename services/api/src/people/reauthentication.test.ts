import type { Authentication } from '@ravi/accounts';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { Reauthentication } from './reauthentication.ts';
import { ShownForms } from './shown-forms.ts';

let nowMs = 1_700_000_000_000;
const clock = { nowMs: () => nowMs };
const deps = {
  clock,
  shownForms: new ShownForms({ keys: deriveServiceKeys(new Secret('x'.repeat(32))), clock }),
  reauthenticateAfterSeconds: 7200,
  requireSecondFactor: true,
};
const reauthentication = new Reauthentication(deps);

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
    language: '',
  };
  const authentication = { by, factor, atMs: nowMs - ago * 1000 };
  return { account, authentication, firstId: 'id', endsAtMs: 0, token: 'token' };
}

const missing = (...proof: Parameters<typeof signedIn>) =>
  reauthentication.beforeApproval(signedIn(...proof));

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

test('a form may be sent for 15 minutes more where it was shown in time, in this session, for this purpose; and no other', () => {
  const person = signedIn('password', 'totp', true, 0);
  const form = (mark: string) => ({ purpose: 'decision', mark });
  const sent = (mark: string) => reauthentication.beforeApproval(person, form(mark));
  nowMs += 7199_000;
  const inTime = reauthentication.markForm(person, form(''));
  const ofOthers = [
    reauthentication.markForm({ ...person, firstId: 'another' }, form('')),
    reauthentication.markForm(person, { purpose: 'another', mark: '' }),
    inTime.replace(/^\d/, '2'),
    'no mark',
    '',
  ];
  nowMs += 1_000;
  const late = reauthentication.markForm(person, form(''));
  nowMs += 1_000;
  // Shown again with a problem it stays the form that was shown in time.
  expect(reauthentication.markForm(person, form(inTime))).toBe(inTime);
  expect(reauthentication.beforeApproval(person)).toBe('proof');
  expect(sent(inTime)).toBe('nothing');
  expect(new Set([late, ...ofOthers].map(sent))).toEqual(new Set(['proof']));
  nowMs += 898_000;
  expect(sent(inTime)).toBe('nothing');
  nowMs += 1_000;
  expect(sent(inTime)).toBe('proof');
});

test('for how one signs in, a proof is good for a quarter of an hour, or less where the operator says so; a form that was shown then, for as long again', () => {
  const needed = (ago: number) => reauthentication.isNeededForAccount(signedIn('passkey', null, true, ago));
  expect([needed(899), needed(900)]).toEqual([false, true]);
  const strict = new Reauthentication({ ...deps, reauthenticateAfterSeconds: 60 });
  expect(strict.isNeededForAccount(signedIn('passkey', null, true, 60))).toBe(true);
  const person = signedIn('passkey', null, true, 0);
  const form = {
    purpose: 'password',
    mark: reauthentication.markForm(person, { purpose: 'password', mark: '' }),
  };
  nowMs += 1_799_999;
  expect(reauthentication.isNeededForAccount(person, form)).toBe(false);
  expect(reauthentication.wasShown(person, form)).toBe(true);
  expect(reauthentication.wasShown(person, { ...form, purpose: 'another' })).toBe(false);
  nowMs += 1;
  expect(reauthentication.wasShown(person, form)).toBe(false);
});
