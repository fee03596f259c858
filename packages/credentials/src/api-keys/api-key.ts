import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { freshRandomBytes } from '@ravi/runtime';

/** What a key opens: the whole account, or one identity of it. */
export type ApiKeyKind = 'management' | 'identity';

const prefixes: Record<ApiKeyKind, string> = { management: 'ravi_mgmt_', identity: 'ravi_id_' };
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const secretLength = 43;
const checksumLength = 6;
const shape = /^(ravi_mgmt_|ravi_id_)([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

/**
 * A fresh API key: prefix, 43 random base62 digits (256 bits), base62 of the CRC-32 of all before it. The checksum lets a
 * scanner recognise a leaked key offline.
 */
export function generateApiKey(kind: ApiKeyKind): string {
  const body = prefixes[kind] + randomDigits(secretLength);
  return body + base62(crc32(body), checksumLength);
}

/** The kind of a well-formed key; null when the form or the checksum is wrong. Says nothing of its validity. */
export function recogniseApiKey(text: string): ApiKeyKind | null {
  const match = shape.exec(text);
  if (!match) return null;
  const body = text.slice(0, -checksumLength);
  if (base62(crc32(body), checksumLength) !== match[3]) return null;
  return match[1] === prefixes.management ? 'management' : 'identity';
}

/** What is stored of a key: its SHA-256, base64url. A fast hash is enough for 256 random bits. */
export function hashApiKey(key: string): string {
  return hash('sha256', key, 'base64url');
}

/** The first characters of a key: enough for its owner to recognise it, useless to anybody else. */
export function keyPrefix(key: string): string {
  return key.slice(0, key.lastIndexOf('_') + 1 + 4);
}

/** Random digits, each equally likely: the bytes that would favour some are passed over. */
function randomDigits(length: number): string {
  const fair = 256 - (256 % alphabet.length);
  let digits = '';
  while (digits.length < length) {
    for (const byte of freshRandomBytes(length - digits.length)) {
      if (byte < fair) digits += alphabet.charAt(byte % alphabet.length);
    }
  }
  return digits;
}

function base62(value: number, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest = Math.floor(rest / 62)) {
    text = alphabet.charAt(rest % 62) + text;
  }
  return text;
}
