import { foldUserCode, formatUserCode } from '@ravi/device-login';
import type { Context } from 'koa';
import { type AccountPage, accountPages, paths, type Pending, withPending } from './paths.ts';

/** The page of a code, or the page that asks for one where this is none. Built here alone: no input leads elsewhere. */
export function codePage(typed: string): string {
  const folded = foldUserCode(typed);
  return folded ? `/device?user_code=${formatUserCode(folded)}` : '/device';
}

/** What a form or link carries along: a code, if it can be one, and a page of the account, if it names one. */
export function carried(typedCode: unknown, next?: unknown): Pending {
  const folded = typeof typedCode === 'string' ? foldUserCode(typedCode) : null;
  return {
    ...(folded ? { userCode: formatUserCode(folded) } : {}),
    ...(typeof next === 'string' && Object.hasOwn(accountPages, next) ? { next: next as AccountPage } : {}),
  };
}

/** Where a person goes on who has signed in. */
export function pendingPage({ userCode = '', next }: Pending): string {
  return next && userCode === '' ? accountPages[next] : codePage(userCode);
}

/** Sends somebody who is not signed in to sign in, and back. */
export function signInFirst(ctx: Context, next: AccountPage): void {
  seeOther(ctx, withPending(paths.signIn, { next }));
}

/** Sends the browser on with a GET, so that a reload repeats nothing. */
export function seeOther(ctx: Context, path: string): void {
  ctx.status = 303;
  ctx.set('Location', path);
  ctx.set('Cache-Control', 'no-store');
  ctx.body = '';
}
