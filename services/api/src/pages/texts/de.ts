import { account } from './de/account.ts';
import { activity } from './de/activity.ts';
import { addresses } from './de/addresses.ts';
import { common } from './de/common.ts';
import { factors } from './de/factors.ts';
import { login } from './de/login.ts';
import { passwords } from './de/passwords.ts';
import { signingIn } from './de/signing-in.ts';
import type { Words } from './en.ts';

/** Die deutschen Texte. */
export const de: Words = {
  ...common,
  ...login,
  ...signingIn,
  ...passwords,
  ...addresses,
  ...account,
  ...activity,
  ...factors,
};
