import { foldUserCode, formatUserCode } from '@ravi/device-login';
import type { Context } from 'koa';

/** The page of a code, or the page that asks for one where this is none. Built here alone: no input leads elsewhere. */
export function codePage(typed: string): string {
  const folded = foldUserCode(typed);
  return folded ? `/device?user_code=${formatUserCode(folded)}` : '/device';
}

/** Sends the browser on with a GET, so that a reload repeats nothing. */
export function seeOther(ctx: Context, path: string): void {
  ctx.status = 303;
  ctx.set('Location', path);
  ctx.set('Cache-Control', 'no-store');
  ctx.body = '';
}
