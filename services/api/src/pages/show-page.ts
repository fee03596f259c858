import { gzipSync } from 'node:zlib';
import type { Context } from 'koa';
import { contentSecurityPolicy, type PageScript } from './content-security-policy.ts';
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
  ctx.set({
    'Content-Security-Policy': contentSecurityPolicy(pageLook(ctx), script),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=()',
    // Not "no-referrer": with that, browsers send forms with "Origin: null", and we compare origins.
    'Referrer-Policy': 'same-origin',
    'X-Frame-Options': 'DENY',
    'Cache-Control': 'no-store',
    Vary: 'Accept-Encoding, Accept-Language, Cookie',
  });
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
