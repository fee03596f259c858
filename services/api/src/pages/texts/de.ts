import { account } from './de/account.ts';
import { addresses } from './de/addresses.ts';
import { common } from './de/common.ts';
import { login } from './de/login.ts';
import { passwords } from './de/passwords.ts';
import { signingIn } from './de/signing-in.ts';
import type { Texts } from './en.ts';

/** Die deutschen Texte. */
export const de: Texts = { ...common, ...login, ...signingIn, ...passwords, ...addresses, ...account };
