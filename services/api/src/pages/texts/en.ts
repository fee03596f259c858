import { account } from './en/account.ts';
import { addresses } from './en/addresses.ts';
import { common } from './en/common.ts';
import { login } from './en/login.ts';
import { passwords } from './en/passwords.ts';
import { signingIn } from './en/signing-in.ts';

/** The English texts; their type is that of every other language. Plain text, never HTML. */
export const en = { ...common, ...login, ...signingIn, ...passwords, ...addresses, ...account };

/** The words of all pages, in one language. */
export type Words = typeof en;
