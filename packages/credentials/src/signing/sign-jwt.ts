import { type KeyObject, sign } from 'node:crypto';

/** Bytes of each half of an ES256 signature. */
const halfBytes = 32;

/**
 * Signs a JWT with ES256. (RFC 7515 §3.1, RFC 7518 §3.4) Its claims are its caller's: none is checked or added.
 *
 * Not by a library: those for Node also check the key and the claims again for each token, which costs a quarter of the time that a
 * token takes. Tokens are verified by a library.
 */
export function signJwt(header: object, claims: object, privateKey: KeyObject): string {
  const text = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
  return `${text}.${plainSignature(sign('sha256', Buffer.from(text), privateKey)).toString('base64url')}`;
}

/**
 * The two numbers of an ECDSA signature for P-256 in DER, each with its full length. Node can return them so too (`ieee-p1363`), but takes
 * longer for that than for the signature. (RFC 3279 §2.2.3)
 */
export function plainSignature(der: Buffer): Buffer {
  const plain = Buffer.alloc(2 * halfBytes);
  // A sequence of two integers: tag, length; tag, length, bytes; tag, length, bytes. All lengths fit into a byte.
  let at = 2;
  for (const end of [halfBytes, 2 * halfBytes]) {
    const length = der.readUInt8(at + 1);
    const next = at + 2 + length;
    // A zero comes before a first bit that would be a sign; zeros that a number begins with are left out.
    const kept = Math.min(length, halfBytes);
    der.copy(plain, end - kept, next - kept, next);
    at = next;
  }
  return plain;
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
