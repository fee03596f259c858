import { gzipSync } from 'node:zlib';
import type { Context } from 'koa';
import { freshHash } from './back-button-script.ts';
import { liveScriptHash } from './live-script.ts';
import { localTimeHash } from './local-time.ts';
import { passkeyHash } from './passkey-script.ts';
import { showPasswordHash } from './show-password-script.ts';
import type { Look } from './look.ts';
import { pageLook } from './page-texts.ts';

export { pageTexts } from './page-texts.ts';

/** Allows only our style sheet, the icon and the operator's images in the page; forbids framing; forms go only to us. */
function contentSecurityPolicy({ brand }: Look): string {
  const images = brand.logo || brand.favicon ? "data: 'self'" : 'data:';
  return [
    "default-src 'none'",
    `style-src '${brand.style.hash}'`,
    `img-src ${images}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** What the script of a page needs besides: its hash, and requests to us where it makes any. */
const scriptPolicies = {
  live: `script-src '${liveScriptHash}'; connect-src 'self'`,
  decision: `script-src '${localTimeHash}' '${freshHash}'`,
  showPassword: `script-src '${showPasswordHash}'`,
  passkey: `script-src '${passkeyHash}'`,
  passwordOrPasskey: `script-src '${showPasswordHash}' '${passkeyHash}'`,
} as const;

/**
 * The script of a page: `live` follows a login, `decision` tells a time of day in the reader's zone and never comes back as it was, `showPassword` shows what is typed,
 * `passkey` asks the browser for one.
 */
export type PageScript = keyof typeof scriptPolicies;

/** Answers with a page and its security headers, which allow its script, if it has one; compressed if the browser takes it. */
export function showPage(ctx: Context, status: number, page: string, script?: PageScript): void {
  showPageUncompressed(ctx, status, page, script);
  if (ctx.acceptsEncodings('gzip', 'identity') !== 'gzip') return;
  ctx.set('Content-Encoding', 'gzip');
  ctx.body = gzipSync(page);
}

/** Shows a page that has a stranger's words beside something secret: its compressed length would tell how alike they are. (BREACH) */
export function showPageUncompressed(ctx: Context, status: number, page: string, script?: PageScript): void {
  const policy = contentSecurityPolicy(pageLook(ctx));
  ctx.status = status;
  ctx.type = 'text/html; charset=utf-8';
  ctx.set({
    'Content-Security-Policy': script ? `${policy}; ${scriptPolicies[script]}` : policy,
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
