import { foldUserCode, formatUserCode } from '@ravi/device-login';
import type { Context } from 'koa';
import { type AccountPage, accountPages, paths, type Pending, withPending } from './paths.ts';

/** The page of a code, or the page that asks for one if the input is no code. Only here are such paths built: no input leads elsewhere. */
export function codePage(typed: string): string {
  const folded = foldUserCode(typed);
  return folded ? `/device?user_code=${formatUserCode(folded)}` : '/device';
}

/** The page of what was decided about a code; `chosen` is what was chosen now. The page of the code if the input is none. */
export function resultOf(typed: string, chosen?: 'approve' | 'deny'): string {
  const folded = foldUserCode(typed);
  if (!folded) return codePage(typed);
  return `${paths.result}?user_code=${formatUserCode(folded)}${chosen === undefined ? '' : `&chosen=${chosen}`}`;
}

/** The pending page of a form or link: its code if it is well-formed, and its account page if it names one. */
export function carried(typedCode: unknown, next?: unknown): Pending {
  const folded = typeof typedCode === 'string' ? foldUserCode(typedCode) : null;
  return {
    ...(folded ? { userCode: formatUserCode(folded) } : {}),
    ...(typeof next === 'string' && Object.hasOwn(accountPages, next) ? { next: next as AccountPage } : {}),
  };
}

/** The page after signing in: that of the code, which somebody waits for, but for the page that sets up a factor first, and leads on to the code. */
export function pendingPage({ userCode = '', next }: Pending): string {
  if (next === 'security') return withPending(paths.security, { userCode });
  return next && userCode === '' ? accountPages[next] : codePage(userCode);
}

/** Redirects to sign-in, which returns to `next`, with the code that is pending there. */
export function signInFirst(ctx: Context, next: AccountPage, userCode = ''): void {
  seeOther(ctx, withPending(paths.signIn, { userCode, next }));
}

/** Redirects with a GET, so that a reload repeats nothing. (RFC 9110 §15.4.4) */
export function seeOther(ctx: Context, path: string): void {
  ctx.status = 303;
  ctx.set('Location', path);
  ctx.set('Cache-Control', 'no-store');
  ctx.body = '';
}
