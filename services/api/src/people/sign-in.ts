import type { Account } from '@ravi/accounts';
import type { WireUser } from '@ravi/contract';
import type { Middleware } from 'koa';
import { type EmbeddedAccounts, signInInput, signUpInput } from './password-accounts.ts';
import { clientAddress } from '../http/client-address.ts';
import type { BrowserSessions } from './browser-sessions.ts';
import { parseBody } from '../http/parse-body.ts';

/** What signing in needs. */
export interface SignInDeps {
  readonly accounts: EmbeddedAccounts;
  readonly sessions: BrowserSessions;
}

/** `POST /api/auth/signup/`: a new account, signed in. 201. */
export function signUp({ accounts, sessions }: SignInDeps): Middleware {
  return async (ctx) => {
    sessions.requireSameOrigin(ctx);
    const account = await accounts.signUp(parseBody(signUpInput, ctx.request.body), clientAddress(ctx));
    ctx.status = 201;
    ctx.body = { user: wireUser(account), csrf_token: await sessions.open(ctx, account) };
    ctx.set('Cache-Control', 'no-store');
  };
}

/** `POST /api/auth/login/`: the session of an existing account. 200. */
export function signIn({ accounts, sessions }: SignInDeps): Middleware {
  return async (ctx) => {
    sessions.requireSameOrigin(ctx);
    const account = await accounts.signIn(parseBody(signInInput, ctx.request.body), clientAddress(ctx));
    ctx.body = { user: wireUser(account), csrf_token: await sessions.open(ctx, account) };
    ctx.set('Cache-Control', 'no-store');
  };
}

function wireUser(account: Account): WireUser {
  return { id: account.id, email: account.email, first_name: account.firstName, last_name: account.lastName };
}
