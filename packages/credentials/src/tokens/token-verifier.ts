import { createPublicKey, hash, type KeyObject } from 'node:crypto';
import { BoundedMap, isWithin } from '@ravi/runtime';
import jwt from 'jsonwebtoken';
import type { PublishedKeys } from './published-keys.ts';
import { tokenAudiences, type TokenClaims, type TokenKind, tokenTypes } from './token-claims.ts';

/** Longest token that is looked at. */
const maxLength = 4096;

/** How long keys are used before they are read again. A leaked key verifies for at most this long after it was retired. */
const keysFreshMs = 1_000;

/** Access tokens whose signature a process remembers: about 10 MB. A program presents the same one for an hour. */
const rememberedTokens = 10_000;

/** A token whose signature is good. */
interface SignedToken {
  readonly kid: string;
  readonly kind: TokenKind;
  readonly claims: TokenClaims;
}

/** Public keys by their kid. */
type Keys = ReadonlyMap<string, KeyObject>;

/** The claims of a token whose signature fits. */
interface CheckedToken {
  readonly claims: TokenClaims;
  /** Whether the key that signed it still counts: known at once, or with the next reply of Redis. Rejects when keys cannot be read. */
  readonly stands: Promise<boolean>;
}

export interface TokenVerifierDeps {
  /** The `iss` that tokens must carry. */
  readonly issuer: string;
  readonly publishedKeys: Pick<PublishedKeys, 'list'>;
}

/**
 * Checks our own tokens: signature by a published key, `typ`, issuer, audience, time. Says nothing of whether the grant behind
 * the token is still active: that is Redis's to say. The signature of an access token is checked once, which costs more than the rest
 * of a request; whether its key is still published, its time and its audience are checked each time.
 */
export class TokenVerifier {
  readonly #deps: TokenVerifierDeps;
  #keys: Keys = new Map();
  #reading: Promise<Keys> | undefined;
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
    options: { readonly anyAudience?: boolean } = {},
  ): Promise<TokenClaims | null> {
    const checked = await this.check(token, kind, nowMs, options);
    return checked && (await checked.stands) ? checked.claims : null;
  }

  /**
   * The same before it is known whether the key still counts, so that a caller can ask Redis for more in the meantime: then all of it
   * costs one round trip.
   */
  async check(
    token: string,
    kind: TokenKind,
    nowMs: number,
    { anyAudience = false }: { readonly anyAudience?: boolean } = {},
  ): Promise<CheckedToken | null> {
    if (token.length > maxLength) return null;
    const signed = await this.#signed(token, kind, nowMs);
    if (signed?.kind !== kind) return null;
    const { claims, kid } = signed;
    if (Math.floor(nowMs / 1000) >= claims.exp) return null;
    if (!anyAudience && claims.aud !== tokenAudiences[kind]) return null;
    const stands = this.#latestKeys(nowMs).then((keys) => keys.has(kid));
    // A caller that awaits it learns that the keys cannot be read.
    stands.catch(() => undefined);
    return { claims, stands };
  }

  /** The token, if it was signed by a key that was published a moment ago. */
  async #signed(token: string, kind: TokenKind, nowMs: number): Promise<SignedToken | null> {
    const digest = hash('sha256', token, 'base64url');
    const known = this.#remembered.get(digest);
    if (known) return known;
    const header = readHeader(token);
    if (header?.typ !== tokenTypes[kind] || header.alg !== 'ES256' || typeof header.kid !== 'string')
      return null;
    const { kid } = header;
    const key = this.#keys.get(kid) ?? (await this.#latestKeys(nowMs)).get(kid);
    if (!key) return null;
    try {
      const claims = jwt.verify(token, key, {
        algorithms: ['ES256'],
        issuer: this.#deps.issuer,
        clockTimestamp: Math.floor(nowMs / 1000),
      });
      if (!isTokenClaims(claims, kind)) return null;
      const signed: SignedToken = { kid, kind, claims };
      // A refresh token is used once.
      if (kind === 'access') this.#remembered.set(digest, signed);
      return signed;
    } catch {
      return null;
    }
  }

  /** The keys that count now. Those who ask at the same moment share one reading. */
  #latestKeys(nowMs: number): Promise<Keys> {
    if (isWithin(keysFreshMs, this.#readAtMs, nowMs)) return Promise.resolve(this.#keys);
    this.#reading ??= this.#read(nowMs).finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #read(nowMs: number): Promise<Keys> {
    const jwks = await this.#deps.publishedKeys.list(nowMs);
    this.#keys = new Map(jwks.map((jwk) => [jwk.kid, createPublicKey({ key: jwk, format: 'jwk' })]));
    this.#readAtMs = nowMs;
    return this.#keys;
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
