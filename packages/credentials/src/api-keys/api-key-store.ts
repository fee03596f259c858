import type { RedisClient } from '@ravi/redis';
import type { NewApiKey } from '../issued-login.ts';
import { accountApiKeysKey, apiKeyRecordKey } from '../keyspace.ts';
import {
  createOnce,
  endedRecordKeptMs,
  endOwned,
  type EndReason,
  type NewRecord,
  noteUse,
} from '../records.ts';
import { hashApiKey } from './api-key.ts';
import { apiKeyFields, readApiKey, type StoredApiKey } from './api-key-record.ts';

/** What is to be written of a new key. */
export function newApiKeyRecord({ hash, record }: NewApiKey, prefix: string): NewRecord {
  return {
    key: apiKeyRecordKey(hash, prefix),
    expiresAtMs: record.expiresAtMs,
    fields: apiKeyFields(record),
    index: { key: accountApiKeysKey(record.userId, prefix), atMs: record.createdAtMs, member: hash },
  };
}

/** API keys in Redis, under their hashes, and an index of each account's. */
export class ApiKeyStore {
  readonly #redis: RedisClient;
  readonly #prefix: string;

  constructor(redis: RedisClient, prefix = '') {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** Writes the record of a key. Harmless to repeat; a key that was revoked in the meantime stays revoked. */
  async add(key: NewApiKey): Promise<void> {
    await createOnce(this.#redis, [newApiKeyRecord(key, this.#prefix)]);
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
    return apiKeyRecordKey(hash, this.#prefix);
  }

  #index(userId: number): string {
    return accountApiKeysKey(userId, this.#prefix);
  }
}
