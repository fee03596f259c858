import { account } from './en/account.ts';
import { activity } from './en/activity.ts';
import { addresses } from './en/addresses.ts';
import { common } from './en/common.ts';
import { factors } from './en/factors.ts';
import { login } from './en/login.ts';
import { passwords } from './en/passwords.ts';
import { signingIn } from './en/signing-in.ts';

/** The English texts; their type is that of every other language. Plain text, never HTML. */
export const en = {
  ...common,
  ...login,
  ...signingIn,
  ...passwords,
  ...addresses,
  ...account,
  ...activity,
  ...factors,
};

/** The words of all pages, in one language. */
export type Words = typeof en;
