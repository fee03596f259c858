import { Secret, TOTP } from 'otpauth';

/** 160 random bits in base32: the length of the HMAC that the codes are made with. (RFC 4226 §4, R6) */
export const totpSecretShape = /^[A-Z2-7]{32}$/;

/** A code: six digits, however they are grouped. */
const codeShape = /^\d{6}$/;

/** How many steps of 30 s a phone's clock may be off, each way. (RFC 6238 §5.2) */
const toleratedSteps = 1;

/** A new secret for an authenticator app, in base32. */
export function newTotpSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/**
 * The longest name of an account in a URI, as it is written there: any address of plain letters. One in another script takes up to nine
 * characters for a letter, and the QR code of a long one could not be scanned, or not be made at all.
 */
const maxLabelLength = 260;

/** What an authenticator app reads from a QR code: the secret, and whose it is; the start of an address that is too long. */
export function totpUri(secret: string, service: string, email: string): string {
  return totpOf(secret, service, labelOf(email)).toString();
}

function labelOf(email: string): string {
  if (encodeURIComponent(email).length <= maxLabelLength) return email;
  let label = '';
  for (const character of email) {
    if (encodeURIComponent(`${label}${character}…`).length > maxLabelLength) break;
    label += character;
  }
  return `${label}…`;
}

/** The digits of a typed code without blanks; null where it can be none. */
export function foldTotpCode(typed: string): string | null {
  const digits = typed.replaceAll(/\s/g, '');
  return codeShape.test(digits) ? digits : null;
}

/** The time step of a code that is right now, or was a step ago or will be in one; null for a wrong code. */
export function stepOfCode(secret: string, code: string, nowMs: number): number | null {
  const totp = totpOf(secret);
  const delta = totp.validate({ token: code, timestamp: nowMs, window: toleratedSteps });
  return delta === null ? null : totp.counter({ timestamp: nowMs }) + delta;
}

function totpOf(secret: string, issuer = '', label = ''): TOTP {
  return new TOTP({
    issuer,
    label,
    algorithm: 'SHA1',
    digits: 6,
    period: 30,
    secret: Secret.fromBase32(secret),
  });
}
