import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** What a key opens: the whole account, or one identity of it. */
export type ApiKeyKind = 'management' | 'identity';

const prefixes: Record<ApiKeyKind, string> = { management: 'ravi_mgmt_', identity: 'ravi_id_' };
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const secretLength = 43;
const checksumLength = 6;
const shape = /^(ravi_mgmt_|ravi_id_)([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

/**
 * A fresh API key: prefix, base62 of 256 random bits, base62 of the CRC-32 of all before it. The checksum lets a scanner
 * recognise a leaked key offline.
 */
export function generateApiKey(kind: ApiKeyKind): string {
  const random = BigInt(`0x${randomBytes(32).toString('hex')}`);
  const body = prefixes[kind] + base62(random, secretLength);
  return body + base62(BigInt(crc32(body)), checksumLength);
}

/** The kind of a well-formed key; null when the form or the checksum is wrong. Says nothing of its validity. */
export function recogniseApiKey(text: string): ApiKeyKind | null {
  const match = shape.exec(text);
  if (!match) return null;
  const body = text.slice(0, -checksumLength);
  if (base62(BigInt(crc32(body)), checksumLength) !== match[3]) return null;
  return match[1] === prefixes.management ? 'management' : 'identity';
}

/** What is stored of a key: its SHA-256, base64url. A fast hash is enough for 256 random bits. */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}

/** The first characters of a key: enough for its owner to recognise it, useless to anybody else. */
export function keyPrefix(key: string): string {
  return key.slice(0, key.lastIndexOf('_') + 1 + 4);
}

function base62(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest /= 62n) text = alphabet.charAt(Number(rest % 62n)) + text;
  return text;
}
