import { createHash, createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';
import type { RequestFacts } from './verification.ts';

/** How far the time in a proof may be from ours. */
const windowSeconds = 60;

/** Proofs that are remembered at most. */
const maxRemembered = 100_000;

/**
 * Checks proofs of possession (RFC 9449 §4.3): ES256 or EdDSA, made for this request and this token within the last minute, by the key that
 * the token is bound to, and never seen before by this process.
 */
export class ProofChecker {
  readonly #nowMs: () => number;
  /** When each proof that was seen may be forgotten, oldest first. */
  readonly #seen = new Map<string, number>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** What is wrong with the proof, in words; null when it is good. */
  fault(token: string, boundTo: string, request: RequestFacts | undefined): string | null {
    if (!request?.dpop) return 'this token needs a DPoP proof';
    const proof = readProof(request.dpop);
    if (!proof) return 'the DPoP proof is not a valid dpop+jwt signed with ES256 or EdDSA';
    if (proof.thumbprint !== boundTo)
      return 'the DPoP proof was made with another key than the token is bound to';
    const { htm, htu, iat, jti, ath } = proof.claims;
    if (htm !== request.method) return 'the DPoP proof was made for another method';
    if (!isSameAddress(htu, request.url)) return 'the DPoP proof was made for another address';
    if (ath !== sha256(token)) return 'the DPoP proof was made for another token';
    const nowMs = this.#nowMs();
    if (typeof iat !== 'number' || Math.abs(nowMs / 1000 - iat) > windowSeconds) {
      return 'the DPoP proof is not of this minute';
    }
    if (typeof jti !== 'string' || jti === '' || !this.#isNew(`${boundTo}.${sha256(jti)}`, nowMs)) {
      return 'the DPoP proof was used before';
    }
    return null;
  }

  #isNew(id: string, nowMs: number): boolean {
    for (const [seen, untilMs] of this.#seen) {
      if (untilMs > nowMs && this.#seen.size < maxRemembered) break;
      this.#seen.delete(seen);
    }
    if (this.#seen.has(id)) return false;
    this.#seen.set(id, nowMs + 2 * windowSeconds * 1000);
    return true;
  }
}

interface Proof {
  readonly thumbprint: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The proof, if its signature is by the public key that it carries; null for anything else. */
function readProof(text: string): Proof | null {
  const [head = '', body = '', signature = '', ...more] = text.split('.');
  if (text.length > 4_096 || more.length > 0) return null;
  try {
    const { typ, alg, crit, jwk } = parsePart(head);
    if (typ !== 'dpop+jwt' || crit !== undefined) return null;
    const { key, thumbprint, digest } = readPublicKey(alg, jwk as JsonWebKey);
    const signed = Buffer.from(`${head}.${body}`);
    const how = { key, dsaEncoding: 'ieee-p1363' } as const;
    if (!verify(digest, signed, how, Buffer.from(signature, 'base64url'))) return null;
    return { thumbprint, claims: parsePart(body) };
  } catch {
    return null;
  }
}

function parsePart(part: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Readonly<Record<string, unknown>>;
}

interface PublicKey {
  readonly key: KeyObject;
  /** RFC 7638. */
  readonly thumbprint: string;
  readonly digest: 'sha256' | null;
}

/** The public key of a proof. Throws for one that does not fit the algorithm, and for a private key above all. */
function readPublicKey(alg: unknown, { kty, crv, x = '', y = '', d }: JsonWebKey): PublicKey {
  if (d !== undefined) throw new TypeError('a private key');
  if (alg === 'ES256' && kty === 'EC' && crv === 'P-256') {
    const key = createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' });
    return { key, thumbprint: sha256(JSON.stringify({ crv, kty, x, y })), digest: 'sha256' };
  }
  if ((alg === 'EdDSA' || alg === 'Ed25519') && kty === 'OKP' && crv === 'Ed25519') {
    const key = createPublicKey({ key: { kty, crv, x }, format: 'jwk' });
    return { key, thumbprint: sha256(JSON.stringify({ crv, kty, x })), digest: null };
  }
  throw new TypeError('another algorithm');
}

function bare(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

/** Same scheme, host and path; query and fragment do not count. (RFC 9449 §4.3) */
function isSameAddress(one: unknown, other: string): boolean {
  return typeof one === 'string' && URL.canParse(one) && URL.canParse(other) && bare(one) === bare(other);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
