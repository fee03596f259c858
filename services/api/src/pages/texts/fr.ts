import { account } from './fr/account.ts';
import { activity } from './fr/activity.ts';
import { addresses } from './fr/addresses.ts';
import { common } from './fr/common.ts';
import { factors } from './fr/factors.ts';
import { login } from './fr/login.ts';
import { passwords } from './fr/passwords.ts';
import { signingIn } from './fr/signing-in.ts';
import type { Words } from './en.ts';

/** Les textes français. */
export const fr: Words = {
  ...common,
  ...login,
  ...signingIn,
  ...passwords,
  ...addresses,
  ...account,
  ...activity,
  ...factors,
};
