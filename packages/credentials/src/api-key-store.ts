import type { RedisClient } from '@ravi/redis';
import { type ApiKeyKind, hashApiKey } from './api-key.ts';

/** What is known of a key. */
export interface ApiKeyRecord {
  readonly kind: ApiKeyKind;
  readonly userId: number;
  /** Empty for a management key. */
  readonly identityUuid: string;
  readonly label: string;
  readonly createdAtMs: number;
}

/** API keys in Redis, under their hashes. */
export class ApiKeyStore {
  readonly #redis: RedisClient;
  readonly #prefix: string;

  constructor(redis: RedisClient, prefix = '') {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** Stores a key that ceases to exist after `ttlSeconds`, unless it is made permanent before. */
  async addProvisional(key: string, record: ApiKeyRecord, ttlSeconds: number): Promise<void> {
    // One command: no key can be left behind without its end.
    await this.#redis.set(this.#name(key), JSON.stringify(record), 'EX', ttlSeconds);
  }

  /** Makes collected keys permanent. False when one of them no longer exists. */
  async makePermanent(keys: readonly string[]): Promise<boolean> {
    const persisted = await Promise.all(
      keys.map(async (key) => {
        const name = this.#name(key);
        // Already permanent counts: the answer of an earlier try may have been lost.
        return (await this.#redis.persist(name)) === 1 || (await this.#redis.exists(name)) === 1;
      }),
    );
    return persisted.every(Boolean);
  }

  #name(key: string): string {
    return `${this.#prefix}ravi:key:${hashApiKey(key)}`;
  }
}
