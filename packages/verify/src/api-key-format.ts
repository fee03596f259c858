import { crc32 } from 'node:zlib';

/** The scope of a key: the whole account, or one identity. */
export type ApiKeyKind = 'management' | 'identity';

/** The digits of keys. */
export const base62Alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The digits of a key's secret: 256 random bits. */
export const apiKeySecretLength = 43;

const prefixes: Readonly<Record<ApiKeyKind, string>> = { management: 'ravi_mgmt_', identity: 'ravi_id_' };
const checksumLength = 6;
const shape = /^(ravi_mgmt_|ravi_id_)[0-9A-Za-z]{43}([0-9A-Za-z]{6})$/;

/**
 * The API key of this kind and secret: prefix, secret, and the CRC-32 of both in base62. The checksum lets a scanner recognise a
 * leaked key offline.
 */
export function formatApiKey(kind: ApiKeyKind, secret: string): string {
  const body = prefixes[kind] + secret;
  return body + checksumOf(body);
}

/**
 * The kind of a well-formed API key; null if format or checksum is wrong. Works offline and does not tell whether the key is
 * valid.
 */
export function recogniseApiKey(text: string): ApiKeyKind | null {
  const [, prefix, checksum] = shape.exec(text) ?? [];
  if (prefix === undefined || checksum !== checksumOf(text.slice(0, -checksumLength))) return null;
  return prefix === prefixes.management ? 'management' : 'identity';
}

function checksumOf(body: string): string {
  let text = '';
  for (let rest = crc32(body); text.length < checksumLength; rest = Math.floor(rest / 62)) {
    text = base62Alphabet.charAt(rest % 62) + text;
  }
  return text;
}
