import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';

/** The signature algorithms of proofs; the last two are the old and the new name of the same one. (RFC 9864) */
export const dpopAlgorithms = ['ES256', 'EdDSA', 'Ed25519'] as const;

/** Maximum difference of the prover's clock, either way. */
export const proofWindowSeconds = 60;

/** How long a used proof must be remembered: until its age is refused, even if it was dated at the end of the window. */
export const proofMemorySeconds = 2 * proofWindowSeconds + 1;

/** Maximum length of a proof. */
const maxLength = 4_096;

const maxJtiLength = 256;

/** The request that a proof must match. */
export interface ProvenRequest {
  readonly method: string;
  /** Absolute; query and fragment are ignored. */
  readonly url: string;
  /** The access token of a call to an API. */
  readonly accessToken?: string;
  /**
   * Whether a nonce is one that this server gave a moment ago. It alone says then whether a proof that has one is of now: such a proof
   * needs no right clock, and becomes none later, when its time comes. (RFC 9449 §8)
   */
  readonly isFreshNonce?: (nonce: string) => boolean;
}

/** A valid proof with its key, or the problem, in words for the developer of the calling program. */
export type DpopProof =
  | {
      readonly kind: 'sound';
      /** SHA-256 thumbprint of the key, base64url. (RFC 7638) */
      readonly thumbprint: string;
      readonly jti: string;
    }
  /** Sound but for its time: the prover's clock is off, or the proof is old. A nonce shows which. */
  | { readonly kind: 'untimely'; readonly fault: string }
  | { readonly kind: 'unsound'; readonly fault: string };

/**
 * Checks a proof of possession: all of RFC 9449 §4.3 except two checks that are the caller's. It must remember each `jti` for
 * `proofMemorySeconds` to refuse replays, and compare the key with that of the access token. Never throws.
 */
export function readDpopProof(text: string, request: ProvenRequest, nowMs: number): DpopProof {
  const parts = readParts(text);
  const key = parts && readKey(parts.header);
  if (!parts || !key || !isSigned(parts, key)) {
    return unsound('the DPoP proof is not a valid dpop+jwt signed with ES256 or EdDSA');
  }
  const { htm, htu, iat, jti, ath, nonce } = parts.claims;
  if (htm !== request.method) return unsound('the DPoP proof was made for another method');
  if (!isSameResource(htu, request.url)) return unsound('the DPoP proof was made for another address');
  if (request.accessToken !== undefined && ath !== sha256(request.accessToken)) {
    return unsound('the DPoP proof was made for another token');
  }
  if (typeof iat !== 'number') return unsound('the DPoP proof has no time (iat)');
  if (typeof jti !== 'string' || jti === '' || jti.length > maxJtiLength) {
    return unsound(`the DPoP proof has no jti of 1 to ${maxJtiLength} characters`);
  }
  const isTimely =
    typeof nonce === 'string' && request.isFreshNonce
      ? request.isFreshNonce(nonce)
      : Math.abs(nowMs / 1000 - iat) <= proofWindowSeconds;
  if (!isTimely) {
    return { kind: 'untimely', fault: 'the DPoP proof is not of this minute' };
  }
  return { kind: 'sound', thumbprint: key.thumbprint, jti };
}

const unsound = (fault: string): DpopProof => ({ kind: 'unsound', fault });

type JsonObject = Readonly<Record<string, unknown>>;

interface ProofParts {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  readonly signed: string;
  readonly signature: Buffer;
}

interface ProofKey {
  readonly publicKey: KeyObject;
  readonly thumbprint: string;
}

/** The decoded parts of a compact JWS; null for anything else. (RFC 7515 §7.1) */
function readParts(text: string): ProofParts | null {
  if (text.length > maxLength || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) return null;
  const [head = '', body = '', signature = ''] = text.split('.');
  const [header, claims] = [decodeObject(head), decodeObject(body)];
  if (!header || !claims) return null;
  return { header, claims, signed: `${head}.${body}`, signature: Buffer.from(signature, 'base64url') };
}

function decodeObject(part: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** The key in the header of a proof: public, and of the type for its algorithm; null for anything else. */
function readKey({ typ, alg, crit, jwk }: JsonObject): ProofKey | null {
  // An unknown extension must not be ignored. (RFC 7515 §4.1.11)
  if (typ !== 'dpop+jwt' || crit !== undefined || !isObject(jwk) || 'd' in jwk) return null;
  const { kty, crv, x, y } = jwk;
  if (typeof x !== 'string') return null;
  // The thumbprint is computed from exactly these members, in this order. (RFC 7638 §3.2)
  if (alg === 'ES256' && kty === 'EC' && crv === 'P-256' && typeof y === 'string') {
    return importKey({ crv, kty, x, y });
  }
  if ((alg === 'EdDSA' || alg === 'Ed25519') && kty === 'OKP' && crv === 'Ed25519') {
    return importKey({ crv, kty, x });
  }
  return null;
}

function importKey(members: Readonly<Record<string, string>>): ProofKey | null {
  try {
    const publicKey = createPublicKey({ key: members, format: 'jwk' });
    return { publicKey, thumbprint: sha256(JSON.stringify(members)) };
  } catch {
    return null;
  }
}

function isSigned({ signed, signature }: ProofParts, { publicKey }: ProofKey): boolean {
  const digest = publicKey.asymmetricKeyType === 'ec' ? 'sha256' : null;
  return verify(digest, Buffer.from(signed), { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
}

/** Whether both URLs have the same scheme, host and path after normalisation. (RFC 9449 §4.3) */
function isSameResource(one: unknown, other: string): boolean {
  if (typeof one !== 'string' || !URL.canParse(one) || !URL.canParse(other)) return false;
  const [a, b] = [new URL(one), new URL(other)];
  return a.origin === b.origin && a.pathname === b.pathname;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');
