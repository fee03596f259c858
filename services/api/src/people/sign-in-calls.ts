import { type Account, type AuthenticationMethod, byPassword } from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import type { WireUser } from '@ravi/contract';
import type { Context, Middleware } from 'koa';
import { type PasswordAccounts, signInInput, signUpInput } from './password-accounts.ts';
import { clientAddress } from '../http/client-address.ts';
import { type AccountMails, mailOriginOf } from './account-mails.ts';
import { askSecondStep } from './ask-second-step.ts';
import type { BrowserSessions } from './browser-sessions.ts';
import type { EmailVerification } from './email-verification.ts';
import type { FactorCodes } from './factor-codes.ts';
import type { KnownBrowsers } from './known-browsers.ts';
import { parseBody } from '../http/parse-body.ts';
import { Problem } from '../http/problem.ts';

export interface SignInDeps {
  readonly passwordAccounts: PasswordAccounts;
  readonly factorCodes: FactorCodes;
  readonly audit: Pick<AuditLog, 'note'>;
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
    ctx.body = { user: wireUser(account), csrf_token: await sessions.open(ctx, account, byPassword) };
    browsers.remember(ctx, account);
    emailVerification.sendFirstLink(account, mailOriginOf(ctx));
    ctx.set('Cache-Control', 'no-store');
  };
}

/** `POST /api/auth/login/`: the session of an existing account. 200. With a second factor it takes a code, too. */
export function signIn({
  passwordAccounts,
  factorCodes,
  sessions,
  browsers,
  mails,
  audit,
}: SignInDeps): Middleware {
  const secondStep = async (ctx: Context, account: Account, code: string): Promise<AuthenticationMethod> => {
    if (code === '') {
      askSecondStep({ audit, mails, browsers }, ctx, account);
      throw new Problem(
        'wrong_credentials',
        'code: is required, since this account has a second factor: the code of the authenticator app, or a recovery code. With a passkey, sign in at /signin.',
        { field: 'code' },
      );
    }
    const from = mailOriginOf(ctx);
    const browser = browsers.idFor(ctx, account);
    let factor: 'totp' | 'recovery_code';
    try {
      factor = await factorCodes.use(account, code, { ...from, browser }, null);
    } catch (error) {
      // A guess at this step comes from somebody who knows the password.
      const isWrong = error instanceof Problem && error.reason === 'wrong';
      if (isWrong && browser === null) mails.notify('secondStepAsked', account, from);
      throw error;
    }
    audit.note({ event: 'signed_in', user: account.id, address: from.address, factor });
    return { by: 'password', factor };
  };
  return async (ctx) => {
    sessions.requireSameOrigin(ctx);
    const input = parseBody(signInInput, ctx.request.body);
    const browserFor = (owner: Account) => browsers.idFor(ctx, owner);
    const account = await passwordAccounts.signIn(input, clientAddress(ctx), browserFor);
    const method = account.hasSecondFactor ? await secondStep(ctx, account, input.code) : byPassword;
    ctx.body = { user: wireUser(account), csrf_token: await sessions.open(ctx, account, method) };
    // The mail about a recovery code tells of its sign-in.
    if (browserFor(account) === null && method.factor !== 'recovery_code')
      mails.notify('signedIn', account, mailOriginOf(ctx));
    browsers.remember(ctx, account);
    ctx.set('Cache-Control', 'no-store');
  };
}

function wireUser(account: Account): WireUser {
  return { id: account.id, email: account.email, first_name: account.firstName, last_name: account.lastName };
}
