import { createPublicKey, hash, type KeyObject } from 'node:crypto';
import { BoundedMap } from '@ravi/runtime';
import jwt from 'jsonwebtoken';
import type { PublicJwk } from './published-keys.ts';
import { tokenAudiences, type TokenClaims, type TokenKind, tokenTypes } from './token-claims.ts';

/** Longest token that is looked at. */
const maxLength = 4096;

/** How long keys are used before they are read again: so long at most does a key that leaked verify after it was retired. */
const keysFreshMs = 1_000;

/** Access tokens whose signature a process remembers: about 10 MB. A program presents the same one for an hour. */
const rememberedTokens = 10_000;

/** A token whose signature is good. */
interface SignedToken {
  readonly kid: string;
  readonly kind: TokenKind;
  readonly claims: TokenClaims;
}

export interface TokenVerifierDeps {
  /** The `iss` that tokens must carry. */
  readonly issuer: string;
  readonly keys: (nowMs: number) => Promise<readonly PublicJwk[]>;
}

/**
 * Checks our own tokens: signature by a published key, `typ`, issuer, audience, time. Says nothing of whether the grant behind
 * the token is still active: that is Redis's to say. The signature of an access token is checked once, which costs more than the rest
 * of a request; whether its key is still published, its time and its audience are checked each time.
 */
export class TokenVerifier {
  readonly #deps: TokenVerifierDeps;
  #keys = new Map<string, KeyObject>();
  #readAtMs = Number.NEGATIVE_INFINITY;
  /** By the SHA-256 of the token. */
  readonly #remembered = new BoundedMap<string, SignedToken>(rememberedTokens);

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
    const signed = await this.#signed(token, kind, nowMs);
    if (!signed) return null;
    const { aud, exp } = signed;
    if (Math.floor(nowMs / 1000) >= exp) return null;
    return anyAudience || aud === tokenAudiences[kind] ? signed : null;
  }

  /** The claims of a token of this kind that a published key signed. */
  async #signed(token: string, kind: TokenKind, nowMs: number): Promise<TokenClaims | null> {
    const digest = hash('sha256', token, 'base64url');
    const known = this.#remembered.get(digest);
    if (known) {
      const isStillGood = known.kind === kind && (await this.#key(known.kid, nowMs)) !== undefined;
      return isStillGood ? known.claims : null;
    }
    const header = readHeader(token);
    if (header?.typ !== tokenTypes[kind] || header.alg !== 'ES256' || typeof header.kid !== 'string')
      return null;
    const key = await this.#key(header.kid, nowMs);
    if (!key) return null;
    try {
      const claims = jwt.verify(token, key, {
        algorithms: ['ES256'],
        issuer: this.#deps.issuer,
        clockTimestamp: Math.floor(nowMs / 1000),
      });
      if (!isTokenClaims(claims, kind)) return null;
      // A refresh token is used once.
      if (kind === 'access') this.#remembered.set(digest, { kid: header.kid, kind, claims });
      return claims;
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
  const { sub, aud, jti, grant_id: grantId, seq, scope, exp } = claims as Partial<TokenClaims>;
  const isNumbered = kind !== 'refresh' || (Number.isSafeInteger(seq) && Number(seq) > 0);
  return (
    isNumbered &&
    Number.isSafeInteger(exp) &&
    [sub, aud, jti, grantId, scope].every((claim) => typeof claim === 'string')
  );
}
