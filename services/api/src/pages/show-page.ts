import type { Context } from 'koa';
import { liveScriptHash } from './live-script.ts';
import { styleSheetHash } from './style-sheet.ts';
import { textsFor, type Texts } from './texts/texts-for.ts';

/** Allows only our style sheet and the icon in the page; forbids framing; forms go only to us. */
const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src '${styleSheetHash}'`,
  'img-src data:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The policy of the live page: it also allows its script and the script's requests to us. */
const livePolicy = `${contentSecurityPolicy}; script-src '${liveScriptHash}'; connect-src 'self'`;

/** The texts in the language that the browser asks for. */
export function pageTexts(ctx: Context): Texts {
  return textsFor(ctx.acceptsLanguages());
}

/** Answers with a page and its security headers. `live`: it contains the script that follows a login. */
export function showPage(ctx: Context, status: number, page: string, live = false): void {
  ctx.status = status;
  ctx.type = 'text/html; charset=utf-8';
  ctx.set({
    'Content-Security-Policy': live ? livePolicy : contentSecurityPolicy,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=()',
    // Not "no-referrer": with that, browsers send forms with "Origin: null", and we compare origins.
    'Referrer-Policy': 'same-origin',
    'X-Frame-Options': 'DENY',
    'Cache-Control': 'no-store',
    Vary: 'Accept-Language, Cookie',
  });
  ctx.body = page;
}
