import { hash } from 'node:crypto';
import { freshRandomBytes, uuidOfHash } from '@ravi/runtime';
import { type ApiKeyKind, apiKeySecretLength, base62Alphabet, formatApiKey } from '@ravi/verify/api-key';

export { type ApiKeyKind, recogniseApiKey } from '@ravi/verify/api-key';

/** A fresh API key, with 256 random bits. */
export function generateApiKey(kind: ApiKeyKind): string {
  return formatApiKey(kind, randomDigits(apiKeySecretLength));
}

/** What is stored of a key: its SHA-256, base64url. A fast hash is enough for 256 random bits. */
export function hashApiKey(key: string): string {
  return hash('sha256', key, 'base64url');
}

/**
 * The id of a key, from what is stored of it: 122 bits of its hash, as a UUID. It names the key in lists, logs and calls, and leads
 * to its record; to the key itself it leads nobody.
 */
export function apiKeyId(keyHash: string): string {
  return uuidOfHash(Buffer.from(keyHash, 'base64url'));
}

/** The first characters of a key: enough for its owner to recognise it, useless to anybody else. */
export function keyPrefix(key: string): string {
  return key.slice(0, key.lastIndexOf('_') + 1 + 4);
}

/** Random base62 digits, each equally likely: the bytes that would favour some are passed over. */
function randomDigits(length: number): string {
  const fair = 256 - (256 % base62Alphabet.length);
  let digits = '';
  while (digits.length < length) {
    for (const byte of freshRandomBytes(length - digits.length)) {
      if (byte < fair) digits += base62Alphabet.charAt(byte % base62Alphabet.length);
    }
  }
  return digits;
}
