import { type Factors, noFactors, type Passkey, type Totp } from './factors.ts';
import type { ProviderLink } from './provider-links.ts';
import { signInChanges } from './sign-in-changes.ts';

const totp: Totp = { sealedSecret: '1.sealed', lastStep: 7, addedAtMs: 1, lastUsedAtMs: null };
const passkey = (id: string): Passkey => ({
  id,
  publicKey: `key of ${id}`,
  counter: 0,
  backupEligible: true,
  backedUp: true,
  transports: [],
  name: 'a name',
  addedAtMs: 1,
  lastUsedAtMs: null,
});
const link = (provider: string): ProviderLink => ({
  id: `hash at ${provider}`,
  provider,
  email: 'ada@example.com',
  linkedAtMs: 1,
});
const then: Factors = { totp, passkeys: [passkey('a'), passkey('b')], recoveryCodes: ['1', '2', '3'] };
const none = {
  passkeysAdded: 0,
  passkeysRemoved: 0,
  app: null,
  recoveryCodes: null,
  recoveryCodesUsed: 0,
  linked: [],
  unlinked: [],
};
const changes = (now: Factors, before = then) =>
  signInChanges({ factors: before, providers: [] }, { factors: now, providers: [] });

test('each kind of change is told as what was done, and nothing of it by name', () => {
  const now: Factors = {
    totp: { ...totp, sealedSecret: '1.thiefs', addedAtMs: 2 },
    passkeys: [passkey('b'), passkey('c'), { ...passkey('a'), publicKey: 'another key' }],
    recoveryCodes: ['4', '5'],
  };
  const told = signInChanges(
    { factors: then, providers: [link('one'), link('two')] },
    { factors: now, providers: [link('two'), link('three')] },
  );
  expect(told).toEqual({
    passkeysAdded: 2,
    passkeysRemoved: 1,
    app: 'replaced',
    recoveryCodes: 'made',
    recoveryCodesUsed: 0,
    linked: ['three'],
    unlinked: ['one'],
  });
  expect(JSON.stringify(told)).not.toMatch(/a name|ada@|sealed|hash/);
});

test('what was only used, or sealed anew, is no change; a used recovery code is', () => {
  const used = { ...passkey('a'), counter: 5, lastUsedAtMs: 9 };
  const now = {
    ...then,
    totp: { ...totp, sealedSecret: '2.sealed', lastStep: 8 },
    passkeys: [passkey('b'), used],
  };
  expect(changes(now)).toEqual(none);
  expect(changes({ ...now, recoveryCodes: ['2'] })).toEqual({ ...none, recoveryCodesUsed: 2 });
  expect(changes({ ...now, recoveryCodes: [] })).toEqual({ ...none, recoveryCodesUsed: 3 });
});

test('an app comes and goes, and the recovery codes end with the last factor', () => {
  const without = { ...then, totp: null };
  expect([changes(without).app, changes(then, without).app]).toEqual(['removed', 'added']);
  expect(changes(noFactors)).toEqual({
    ...none,
    passkeysRemoved: 2,
    app: 'removed',
    recoveryCodes: 'ended',
  });
  expect(changes(noFactors, { ...then, recoveryCodes: [] }).recoveryCodes).toBeNull();
});

test('where there was no second step, those of now stay, and are no change', () => {
  const providers = [link('one')];
  expect(signInChanges({ factors: noFactors, providers }, { factors: then, providers: [] })).toEqual({
    ...none,
    unlinked: ['one'],
  });
});
