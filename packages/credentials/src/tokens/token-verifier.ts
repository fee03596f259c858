import { createPublicKey, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { PublicJwk } from './published-keys.ts';
import { tokenAudiences, type TokenClaims, type TokenKind, tokenTypes } from './token-claims.ts';

/** Longest token that is looked at. */
const maxLength = 4096;

/** How long keys are used before they are read again: so long at most does a key that leaked verify after it was retired. */
const keysFreshMs = 1_000;

export interface TokenVerifierDeps {
  /** The `iss` that tokens must carry. */
  readonly issuer: string;
  readonly keys: (nowMs: number) => Promise<readonly PublicJwk[]>;
}

/**
 * Checks our own tokens: signature by a published key, `typ`, issuer, audience, time. Says nothing of whether the grant behind
 * the token is still active: that is Redis's to say.
 */
export class TokenVerifier {
  readonly #deps: TokenVerifierDeps;
  #keys = new Map<string, KeyObject>();
  #readAtMs = Number.NEGATIVE_INFINITY;

  constructor(deps: TokenVerifierDeps) {
    this.#deps = deps;
  }

  /**
   * The claims of a valid token of this kind; null for anything else. Its audience must be ours, unless the caller sees to that:
   * `anyAudience` takes access tokens for services too. Rejects when the keys cannot be read. (RFC 9068 §4, RFC 8725 §3.9)
   */
  async verify(
    token: string,
    kind: TokenKind,
    nowMs: number,
    { anyAudience = false } = {},
  ): Promise<TokenClaims | null> {
    if (token.length > maxLength) return null;
    const header = readHeader(token);
    if (header?.typ !== tokenTypes[kind] || header.alg !== 'ES256' || typeof header.kid !== 'string')
      return null;
    const key = await this.#key(header.kid, nowMs);
    if (!key) return null;
    try {
      const claims = jwt.verify(token, key, {
        algorithms: ['ES256'],
        issuer: this.#deps.issuer,
        ...(anyAudience ? {} : { audience: tokenAudiences[kind] }),
        clockTimestamp: Math.floor(nowMs / 1000),
      });
      return isTokenClaims(claims, kind) ? claims : null;
    } catch {
      return null;
    }
  }

  async #key(kid: string, nowMs: number): Promise<KeyObject | undefined> {
    if (nowMs - this.#readAtMs >= keysFreshMs) {
      const jwks = await this.#deps.keys(nowMs);
      this.#keys = new Map(jwks.map((jwk) => [jwk.kid, createPublicKey({ key: jwk, format: 'jwk' })]));
      this.#readAtMs = nowMs;
    }
    return this.#keys.get(kid);
  }
}

function readHeader(token: string): jwt.JwtHeader | undefined {
  try {
    return jwt.decode(token, { complete: true })?.header;
  } catch {
    return undefined;
  }
}

function isTokenClaims(claims: unknown, kind: TokenKind): claims is TokenClaims {
  if (typeof claims !== 'object' || claims === null) return false;
  const { sub, aud, jti, grant_id: grantId, seq, scope } = claims as Partial<TokenClaims>;
  const isNumbered = kind !== 'refresh' || (Number.isSafeInteger(seq) && Number(seq) > 0);
  return isNumbered && [sub, aud, jti, grantId, scope].every((claim) => typeof claim === 'string');
}
