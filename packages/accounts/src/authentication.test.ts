import { isStrong, tookSecondStep } from './index.ts';

test.each([
  ['password', null, false, false],
  ['password', 'totp', true, true],
  ['password', 'recovery_code', true, true],
  ['passkey', null, true, true],
  // The provider decides what it asks for, and does not say.
  ['provider', null, true, false],
  ['provider', 'passkey', true, true],
] as const)(
  'by %s with the second step %s it is strong: %s, and by a factor of the account: %s',
  (by, factor, strong, own) => {
    expect([isStrong({ by, factor }), tookSecondStep({ by, factor })]).toEqual([strong, own]);
  },
);
