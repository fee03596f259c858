import type { Account, AuthenticationMethod } from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import type { Context } from 'koa';
import { clientAddress } from '../http/client-address.ts';
import { type AccountMails, mailOriginOf } from './account-mails.ts';
import type { BrowserSessions, SignedIn } from './browser-sessions.ts';
import type { KnownBrowsers } from './known-browsers.ts';

export interface FinishSignInDeps {
  readonly sessions: BrowserSessions;
  readonly browsers: KnownBrowsers;
  readonly mails: AccountMails;
  readonly audit: AuditLog;
}

/** The form that proved it, the session in which it was sent, and the provider that took the first step, if any. */
export interface ProvingForm {
  readonly form: string;
  readonly signedIn: SignedIn | null;
  readonly provider?: string;
}

/**
 * Lets a person in who proved who they are. If the session of this browser is theirs, it continues under another cookie and is noted
 * as proven now; else they get a new one, and are told if this browser was never used for the account, by one mail.
 */
export async function finishSignIn(
  { sessions, browsers, mails, audit }: FinishSignInDeps,
  ctx: Context,
  account: Account,
  method: AuthenticationMethod,
  { form, signedIn, provider = '' }: ProvingForm,
): Promise<void> {
  const { id: user } = account;
  const address = clientAddress(ctx);
  const step = method.by === 'passkey' ? 'passkey' : method.factor;
  const factor = step === null ? {} : { factor: step };
  const through = provider === '' ? {} : { provider };
  if (signedIn?.account.id === user) {
    await sessions.renew(ctx, signedIn, method, form);
    audit.note({ event: 'authenticated_again', user, address, ...factor });
    return;
  }
  await sessions.open(ctx, account, method);
  audit.note({ event: 'signed_in', user, address, ...factor, ...through });
  // The mail about a recovery code tells of its sign-in.
  if (browsers.idFor(ctx, account) === null && step !== 'recovery_code')
    mails.notify('signedIn', account, mailOriginOf(ctx));
  browsers.remember(ctx, account);
}
