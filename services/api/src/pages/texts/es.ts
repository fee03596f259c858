import { account } from './es/account.ts';
import { activity } from './es/activity.ts';
import { addresses } from './es/addresses.ts';
import { common } from './es/common.ts';
import { factors } from './es/factors.ts';
import { login } from './es/login.ts';
import { passwords } from './es/passwords.ts';
import { signingIn } from './es/signing-in.ts';
import type { Words } from './en.ts';

/** Los textos en español. */
export const es: Words = {
  ...common,
  ...login,
  ...signingIn,
  ...passwords,
  ...addresses,
  ...account,
  ...activity,
  ...factors,
};
