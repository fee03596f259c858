import type { Context } from 'koa';
import { liveScriptHash } from './live-script.ts';
import { showPasswordHash } from './show-password-script.ts';
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

/** What the script of a page needs besides: its hash, and requests to us where it makes any. */
const scriptPolicies = {
  live: `script-src '${liveScriptHash}'; connect-src 'self'`,
  showPassword: `script-src '${showPasswordHash}'`,
} as const;

/** The script of a page: `live` follows a login, `showPassword` shows what is typed. */
export type PageScript = keyof typeof scriptPolicies;

/** The texts in the language that the browser asks for. */
export function pageTexts(ctx: Context): Texts {
  return textsFor(ctx.acceptsLanguages());
}

/** Answers with a page and its security headers, which allow its script, if it has one. */
export function showPage(ctx: Context, status: number, page: string, script?: PageScript): void {
  ctx.status = status;
  ctx.type = 'text/html; charset=utf-8';
  ctx.set({
    'Content-Security-Policy': script
      ? `${contentSecurityPolicy}; ${scriptPolicies[script]}`
      : contentSecurityPolicy,
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

/**
 * Answers with a page whose address is a one-time link: browsers tell it to nobody, us included. Its forms come with "Origin: null",
 * so that their token alone tells that they are ours.
 */
export function showPageOfLink(ctx: Context, status: number, page: string, script?: PageScript): void {
  showPage(ctx, status, page, script);
  ctx.set('Referrer-Policy', 'no-referrer');
}
