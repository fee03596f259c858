import type { Account, AuthenticationMethod } from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import type { Context } from 'koa';
import { clientAddress } from '../http/client-address.ts';
import { type AccountMails, mailOriginOf } from './account-mails.ts';
import type { BrowserSessions } from './browser-sessions.ts';
import type { KnownBrowsers } from './known-browsers.ts';

export interface FinishSignInDeps {
  readonly sessions: BrowserSessions;
  readonly browsers: KnownBrowsers;
  readonly mails: AccountMails;
  readonly audit: AuditLog;
}

/**
 * Lets a person in who proved who they are: the session of this browser goes on if it is theirs, under another cookie, and is noted as proven
 * now; else they get another one, and are told of a browser that was never used for the account. `form` is the token of the form with which
 * they proved it; `provider` is the one that took the first step, if one did.
 */
export async function finishSignIn(
  { sessions, browsers, mails, audit }: FinishSignInDeps,
  ctx: Context,
  account: Account,
  method: AuthenticationMethod,
  form: string,
  provider = '',
): Promise<void> {
  const { id: user } = account;
  const address = clientAddress(ctx);
  const step = method.by === 'passkey' ? 'passkey' : method.factor;
  const factor = step === null ? {} : { factor: step };
  const through = provider === '' ? {} : { provider };
  const signedIn = await sessions.read(ctx);
  if (signedIn?.account.id === user) {
    await sessions.renew(ctx, signedIn, method, form);
    audit.note({ event: 'authenticated_again', user, address, ...factor });
    return;
  }
  await sessions.open(ctx, account, method);
  audit.note({ event: 'signed_in', user, address, ...factor, ...through });
  if (browsers.idFor(ctx, account) === null) mails.notify('signedIn', account, mailOriginOf(ctx));
  browsers.remember(ctx, account);
}
