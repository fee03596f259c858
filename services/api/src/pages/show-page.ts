import { gzipSync } from 'node:zlib';
import type { Context } from 'koa';
import { pageHeaders, type PageScript } from './page-headers.ts';
import { pageLook } from './page-texts.ts';

export { pageTexts } from './page-texts.ts';

/** Answers with a page and its security headers, which allow its script, if it has one; compressed if the browser takes it. */
export function showPage(ctx: Context, status: number, page: string, script?: PageScript): void {
  showPageUncompressed(ctx, status, page, script);
  if (ctx.acceptsEncodings('gzip', 'identity') !== 'gzip') return;
  ctx.set('Content-Encoding', 'gzip');
  ctx.body = gzipSync(page);
}

/** Shows a page that has a stranger's words beside something secret: its compressed length would tell how alike they are. (BREACH) */
export function showPageUncompressed(ctx: Context, status: number, page: string, script?: PageScript): void {
  ctx.status = status;
  ctx.type = 'text/html; charset=utf-8';
  ctx.set({ ...pageHeaders(pageLook(ctx), script), Vary: 'Accept-Encoding, Accept-Language, Cookie' });
  ctx.body = page;
}

/**
 * Answers with a page whose address is a one-time link: browsers tell it to nobody, us included. Its forms come with "Origin: null",
 * so that their token alone tells that they are ours.
 */
export function showPageOfLink(ctx: Context, status: number, page: string, script?: PageScript): void {
  showPageUncompressed(ctx, status, page, script);
  ctx.set('Referrer-Policy', 'no-referrer');
}
