import { freshHash } from './back-button-script.ts';
import { liveScriptHash } from './live-script.ts';
import { localTimeHash } from './local-time.ts';
import type { Look } from './look.ts';
import { passkeyHash } from './passkey-script.ts';
import { showPasswordHash } from './show-password-script.ts';

/** What the script of a page needs besides: its hash, and requests to us if it makes any. */
const scriptPolicies = {
  live: `script-src '${liveScriptHash}'; connect-src 'self'`,
  decision: `script-src '${localTimeHash}' '${freshHash}'`,
  showPassword: `script-src '${showPasswordHash}'`,
  passkey: `script-src '${passkeyHash}'`,
  passwordOrPasskey: `script-src '${showPasswordHash}' '${passkeyHash}'`,
} as const;

/**
 * The script of a page: `live` follows a login; `decision` shows a time in the reader's zone and loads the page anew when the back
 * button shows it again; `showPassword` shows what is typed; `passkey` asks the browser for one.
 */
export type PageScript = keyof typeof scriptPolicies;

/** The security headers of every page, which allow its script, if it has one. */
export function pageHeaders(look: Look, script?: PageScript): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy': contentSecurityPolicy(look, script),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=()',
    // Not "no-referrer": with that, browsers send forms with "Origin: null", and we compare origins.
    'Referrer-Policy': 'same-origin',
    'X-Frame-Options': 'DENY',
    'Cache-Control': 'no-store',
  };
}

/**
 * Allows only our style sheet, the icon, the operator's images and the page's own script; forbids framing; forms go only to us.
 * (Content Security Policy Level 3)
 */
function contentSecurityPolicy({ brand, images: others }: Look, script?: PageScript): string {
  const images = brand.logo || brand.favicon || others.length > 0 ? "data: 'self'" : 'data:';
  return [
    "default-src 'none'",
    `style-src '${brand.style.hash}'`,
    `img-src ${images}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    ...(script === undefined ? [] : [scriptPolicies[script]]),
  ].join('; ');
}
