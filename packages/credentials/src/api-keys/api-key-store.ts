import type { RedisClient } from '@ravi/redis';
import { createOnce, endedRecordKeptMs, endOwned, type EndReason, noteUse } from '../records.ts';
import { hashApiKey } from './api-key.ts';
import { apiKeyFields, type ApiKeyRecord, readApiKey, type StoredApiKey } from './api-key-record.ts';

/** API keys in Redis, under their hashes, and an index of each account's. */
export class ApiKeyStore {
  readonly #redis: RedisClient;
  readonly #prefix: string;

  constructor(redis: RedisClient, prefix = '') {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** Writes the record of a key. Harmless to repeat; a key that was revoked in the meantime stays revoked. */
  async add(hash: string, record: ApiKeyRecord): Promise<void> {
    await Promise.all([
      createOnce(this.#redis, this.#key(hash), record.expiresAtMs, apiKeyFields(record)),
      this.#redis.zadd(this.#index(record.userId), String(record.createdAtMs), hash),
    ]);
  }

  /** The record of a presented key; null when it is unknown, revoked or expired. One round trip. */
  find(key: string, nowMs: number): Promise<StoredApiKey | null> {
    return this.findByHash(hashApiKey(key), nowMs);
  }

  /** The same, by what is stored of the key. */
  async findByHash(hash: string, nowMs: number): Promise<StoredApiKey | null> {
    return readApiKey(hash, await this.#redis.hgetall(this.#key(hash)), nowMs);
  }

  /** All valid keys of an account, oldest first. What is gone leaves the index. */
  async list(userId: number, nowMs: number): Promise<readonly StoredApiKey[]> {
    const hashes = await this.#redis.zrange(this.#index(userId), '0', '-1');
    const keys = await Promise.all(
      hashes.map(async (hash) => readApiKey(hash, await this.#redis.hgetall(this.#key(hash)), nowMs)),
    );
    const gone = hashes.filter((_, index) => keys[index] === null);
    if (gone.length > 0) await this.#redis.zrem(this.#index(userId), ...gone);
    return keys.filter((key) => key !== null).filter((key) => key.userId === userId);
  }

  /** Revokes a key of this account, everywhere at once. False when it has no such key. */
  async revoke(hash: string, userId: number, reason: EndReason, nowMs: number): Promise<boolean> {
    const ended = await endOwned(this.#redis, this.#key(hash), {
      userId,
      reason,
      nowMs,
      keepMs: endedRecordKeptMs,
    });
    await this.#redis.zrem(this.#index(userId), hash);
    return ended === 'ended';
  }

  /** Notes that a key was used; resolves to whether for the first time. */
  noteUse(key: StoredApiKey, nowMs: number): Promise<boolean> {
    return noteUse(this.#redis, this.#key(key.hash), key.lastUsedAtMs, nowMs);
  }

  #key(hash: string): string {
    return `${this.#prefix}ravi:key:${hash}`;
  }

  #index(userId: number): string {
    return `${this.#prefix}ravi:account-keys:${userId}`;
  }
}
