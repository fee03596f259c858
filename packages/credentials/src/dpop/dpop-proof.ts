import { createHash, createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';
import jwt from 'jsonwebtoken';

/** The signature algorithms that a proof may use; the last two are one, by its old and its new name. (RFC 9864) */
export const dpopAlgorithms = ['ES256', 'EdDSA', 'Ed25519'] as const;

/** Longest proof that is looked at. */
const maxLength = 4096;

/** How far a client's clock may be off, in seconds, either way. */
export const proofWindowSeconds = 60;

/** The request that a proof must have been made for. */
export interface ProvenRequest {
  readonly method: string;
  /** Without query. */
  readonly url: string;
  /** The access token that comes with it, at an API. */
  readonly accessToken?: string;
}

/** A sound proof: of which key, and by which name it may be used once. */
export interface DpopProof {
  /** SHA-256 thumbprint of the key, base64url. (RFC 7638) */
  readonly thumbprint: string;
  readonly jti: string;
}

/**
 * Reads a proof of possession; null unless it is sound in all of RFC 9449 §4.3 but one: whether it was used before is for
 * whoever remembers its `jti`.
 */
export function readDpopProof(text: string, request: ProvenRequest, nowMs: number): DpopProof | null {
  if (text.length > maxLength || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) return null;
  const { header, payload } = decode(text) ?? {};
  const key = readProofKey(header);
  if (!key || !isSigned(text, key.publicKey)) return null;
  if (typeof payload !== 'object' || payload === null) return null;
  const { htm, htu, iat, jti, ath } = payload as Readonly<Record<string, unknown>>;
  const fits =
    htm === request.method &&
    typeof htu === 'string' &&
    sameResource(htu, request.url) &&
    typeof iat === 'number' &&
    Math.abs(nowMs / 1000 - iat) <= proofWindowSeconds &&
    (request.accessToken === undefined || ath === sha256(request.accessToken));
  if (!fits || typeof jti !== 'string' || jti === '' || jti.length > 256) return null;
  return { thumbprint: key.thumbprint, jti };
}

/** The key in the header of a proof: public, and of the kind that the algorithm asks for. */
function readProofKey(header: unknown): { publicKey: KeyObject; thumbprint: string } | null {
  const { typ, alg, jwk } = (header ?? {}) as Readonly<Record<string, unknown>>;
  if (typ !== 'dpop+jwt' || typeof jwk !== 'object' || jwk === null || 'd' in jwk) return null;
  const { kty, crv, x, y } = jwk as JsonWebKey;
  if (typeof x !== 'string') return null;
  const ec = alg === 'ES256' && kty === 'EC' && crv === 'P-256' && typeof y === 'string';
  const ed = (alg === 'EdDSA' || alg === 'Ed25519') && kty === 'OKP' && crv === 'Ed25519';
  if (!ec && !ed) return null;
  // The members in this order, and no others, are what the thumbprint is taken of.
  const members = ec ? { crv, kty, x, y } : { crv, kty, x };
  try {
    const publicKey = createPublicKey({ key: members, format: 'jwk' });
    return { publicKey, thumbprint: sha256(JSON.stringify(members)) };
  } catch {
    return null;
  }
}

function isSigned(text: string, publicKey: KeyObject): boolean {
  const end = text.lastIndexOf('.');
  const digest = publicKey.asymmetricKeyType === 'ec' ? 'sha256' : null;
  const signature = Buffer.from(text.slice(end + 1), 'base64url');
  return verify(
    digest,
    Buffer.from(text.slice(0, end)),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    signature,
  );
}

function decode(text: string): jwt.Jwt | null {
  try {
    return jwt.decode(text, { complete: true });
  } catch {
    return null;
  }
}

/** Whether two URLs name the same resource: query and fragment do not count, nor how the same is spelled. (RFC 9449 §4.3) */
function sameResource(one: string, other: string): boolean {
  if (!URL.canParse(one) || !URL.canParse(other)) return false;
  const [a, b] = [new URL(one), new URL(other)];
  return a.origin === b.origin && a.pathname === b.pathname;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');
