import { crc32 } from 'node:zlib';

const shape = /^(ravi_mgmt_|ravi_id_)[0-9A-Za-z]{43}([0-9A-Za-z]{6})$/;
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * The kind of a well-formed API key; null when form or checksum (CRC-32 of all before it, base62) is wrong. Works offline and
 * says nothing of whether the key is valid.
 */
export function recogniseApiKey(text: string): 'management' | 'identity' | null {
  const [, prefix, checksum] = shape.exec(text) ?? [];
  if (prefix === undefined) return null;
  let expected = '';
  for (let rest = crc32(text.slice(0, -6)); expected.length < 6; rest = Math.floor(rest / 62)) {
    expected = alphabet.charAt(rest % 62) + expected;
  }
  if (checksum !== expected) return null;
  return prefix === 'ravi_mgmt_' ? 'management' : 'identity';
}
