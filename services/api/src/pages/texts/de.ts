import { account } from './de/account.ts';
import { addresses } from './de/addresses.ts';
import { common } from './de/common.ts';
import { login } from './de/login.ts';
import { passwords } from './de/passwords.ts';
import { signingIn } from './de/signing-in.ts';
import type { Words } from './en.ts';

/** Die deutschen Texte. */
export const de: Words = { ...common, ...login, ...signingIn, ...passwords, ...addresses, ...account };
