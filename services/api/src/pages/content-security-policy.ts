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

/**
 * Allows only our style sheet, the icon, the operator's images and the page's own script; forbids framing; forms go only to us.
 * (Content Security Policy Level 3)
 */
export function contentSecurityPolicy({ brand, images: others }: Look, script?: PageScript): string {
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
