import type { Account } from '@ravi/accounts';
import type { WireUser } from '@ravi/contract';
import type { Middleware } from 'koa';
import { type PasswordAccounts, signInInput, signUpInput } from './password-accounts.ts';
import { clientAddress } from '../http/client-address.ts';
import { type AccountMails, mailOriginOf } from './account-mails.ts';
import type { BrowserSessions } from './browser-sessions.ts';
import type { EmailVerification } from './email-verification.ts';
import type { KnownBrowsers } from './known-browsers.ts';
import { parseBody } from '../http/parse-body.ts';

export interface SignInDeps {
  readonly passwordAccounts: PasswordAccounts;
  readonly sessions: BrowserSessions;
  readonly browsers: KnownBrowsers;
  readonly mails: AccountMails;
  readonly emailVerification: EmailVerification;
}

/** `POST /api/auth/signup/`: a new account, signed in. 201. */
export function signUp({ passwordAccounts, sessions, browsers, emailVerification }: SignInDeps): Middleware {
  return async (ctx) => {
    sessions.requireSameOrigin(ctx);
    const account = await passwordAccounts.signUp(
      parseBody(signUpInput, ctx.request.body),
      clientAddress(ctx),
    );
    ctx.status = 201;
    ctx.body = { user: wireUser(account), csrf_token: await sessions.open(ctx, account) };
    browsers.remember(ctx, account.email);
    emailVerification.sendFirstLink(account, mailOriginOf(ctx));
    ctx.set('Cache-Control', 'no-store');
  };
}

/** `POST /api/auth/login/`: the session of an existing account. 200. */
export function signIn({ passwordAccounts, sessions, browsers, mails }: SignInDeps): Middleware {
  return async (ctx) => {
    sessions.requireSameOrigin(ctx);
    const input = parseBody(signInInput, ctx.request.body);
    const origin = { address: clientAddress(ctx), browser: browsers.idFor(ctx, input.email) };
    const account = await passwordAccounts.signIn(input, origin);
    ctx.body = { user: wireUser(account), csrf_token: await sessions.open(ctx, account) };
    if (origin.browser === null) mails.notify('signedIn', account, mailOriginOf(ctx));
    browsers.remember(ctx, account.email);
    ctx.set('Cache-Control', 'no-store');
  };
}

function wireUser(account: Account): WireUser {
  return { id: account.id, email: account.email, first_name: account.firstName, last_name: account.lastName };
}
