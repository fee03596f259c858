import type { Account, AuthenticationMethod, ToldOnce } from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import type { Context } from 'koa';
import { clientAddress } from '../http/client-address.ts';
import { type AccountMails, mailOriginOf } from './account-mails.ts';
import type { BrowserSessions, SignedIn } from './browser-sessions.ts';
import type { KnownBrowsers } from './known-browsers.ts';

export interface TellSignInDeps {
  readonly browsers: KnownBrowsers;
  readonly mails: AccountMails;
  readonly toldOnce: Pick<ToldOnce, 'claim'>;
}

export interface FinishSignInDeps extends TellSignInDeps {
  readonly sessions: BrowserSessions;
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
  deps: FinishSignInDeps,
  ctx: Context,
  account: Account,
  method: AuthenticationMethod,
  { form, signedIn, provider = '' }: ProvingForm,
): Promise<void> {
  const { sessions, browsers, audit } = deps;
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
  if (step !== 'recovery_code') await tellSignIn(deps, ctx, account, form);
  browsers.remember(ctx, account);
}

/** Tells a person by mail of a sign-in in a browser that was never used for the account; once for this form. */
export async function tellSignIn(
  { browsers, mails, toldOnce }: TellSignInDeps,
  ctx: Context,
  account: Account,
  form: string,
): Promise<void> {
  if (browsers.idFor(ctx, account) !== null) return;
  if (await toldOnce.claim(`sign-in to ${account.id} by ${form}`))
    mails.notify('signedIn', account, mailOriginOf(ctx));
}
