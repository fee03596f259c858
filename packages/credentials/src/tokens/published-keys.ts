import type { JsonWebKey } from 'node:crypto';
import type { RedisClient } from '@ravi/redis';
import { refreshTokenTtlSeconds } from './token-claims.ts';

/** A public key as it stands in the JWKS. (RFC 7517) */
export interface PublicJwk extends JsonWebKey {
  readonly kid: string;
  readonly alg: 'ES256';
  readonly use: 'sig';
}

/**
 * The public halves of the signing keys: written by issuers, read by apis. A key that no issuer has published
 * for as long as its last token may live is left out.
 */
export class PublishedKeys {
  readonly #redis: RedisClient;
  readonly #key: string;

  constructor(redis: RedisClient, prefix = '') {
    this.#redis = redis;
    this.#key = `${prefix}ravi:jwks`;
  }

  /** Publishes keys, or says that they are still in use. */
  async publish(keys: readonly PublicJwk[], nowMs: number): Promise<void> {
    const fields = Object.fromEntries(
      keys.map((jwk) => [jwk.kid, JSON.stringify({ jwk, publishedAtMs: nowMs })]),
    );
    await this.#redis.hset(this.#key, fields);
  }

  /** All keys with which a valid token may have been signed. */
  async list(nowMs: number): Promise<readonly PublicJwk[]> {
    const fields = await this.#redis.hgetall(this.#key);
    return Object.values(fields)
      .map((text) => JSON.parse(text) as { jwk: PublicJwk; publishedAtMs: number })
      .filter(({ publishedAtMs }) => nowMs - publishedAtMs < refreshTokenTtlSeconds * 1000)
      .map(({ jwk }) => jwk);
  }
}
