import { randomBytes } from 'node:crypto';

/** Length of a bare token. */
const tokenBytes = 32;

/**
 * The token, different in every page. Pages are compressed: the same secret beside a stranger's words could be guessed from the
 * length of many pages. (BREACH)
 */
export function maskToken(token: string): string {
  const bytes = Buffer.from(token, 'base64url');
  const mask = randomBytes(bytes.length);
  return Buffer.concat([mask, xor(bytes, mask)]).toString('base64url');
}

/** The bare token of a masked one; any other text stays as it is. */
export function unmaskToken(presented: string): string {
  const bytes = Buffer.from(presented, 'base64url');
  if (bytes.length !== 2 * tokenBytes) return presented;
  return xor(bytes.subarray(tokenBytes), bytes.subarray(0, tokenBytes)).toString('base64url');
}

function xor(one: Buffer, other: Buffer): Buffer {
  return Buffer.from(one.map((byte, at) => byte ^ (other[at] ?? 0)));
}
