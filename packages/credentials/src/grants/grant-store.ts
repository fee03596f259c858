import { type RecordWrites, type RedisClient, unconfirmedWrites } from '@ravi/redis';
import {
  accountIndexes,
  type AccountView,
  clearIndex,
  type Page,
  type PageRequest,
  readPage,
} from '../account-indexes.ts';
import { apiKeyIndexes, newApiKeyRecord } from '../api-keys/api-key-store.ts';
import type { NewApiKey } from '../issued-login.ts';
import { apiKeyRecordKey, grantKey } from '../keyspace.ts';
import { defaultLifetimes } from '../lifetimes.ts';
import {
  type AccountEpoch,
  createRecords,
  type Creation,
  endOwned,
  type EndReason,
  isUseToNote,
  noteUse,
} from '../records.ts';
import {
  type Grant,
  grantFields,
  grantTtlMs,
  readGrant,
  type StoredGrant,
  storedGrantFields,
} from './grant.ts';

/** The most logins of an account. With one more, the one that was not used for the longest time ends. */
export const maxLogins = 100_000;

/** How a store of grants differs from the usual one. */
export interface GrantStoreOptions {
  readonly prefix?: string;
  /** How long a grant stays if none of its credentials is used. */
  readonly idleMs?: number;
  readonly maxLogins?: number;
  /** Where grants are written; absent: like all else, and nobody waits for replicas. */
  readonly writes?: RecordWrites;
}

/** Grants in Redis, and an index of each account's. */
export class GrantStore {
  readonly #redis: RedisClient;
  readonly #prefix: string;
  readonly #idleMs: number;
  readonly #maxLogins: number;
  readonly #writes: RecordWrites;

  constructor(redis: RedisClient, options: GrantStoreOptions = {}) {
    this.#redis = redis;
    this.#prefix = options.prefix ?? '';
    this.#idleMs = options.idleMs ?? defaultLifetimes.programIdleMs;
    this.#maxLogins = options.maxLogins ?? maxLogins;
    this.#writes = options.writes ?? unconfirmedWrites(redis);
  }

  /**
   * Writes a grant and the API keys that came with it, and tells whether the account is still in the epoch in which it was
   * granted, and the grant has not ended. Harmless to repeat: what moved on, ended or was revoked in the meantime stays as it is.
   * `surplus`: the grant that is one too many, to be ended.
   */
  async add(
    grant: Grant,
    keys: readonly NewApiKey[],
    account: AccountEpoch,
    nowMs: number,
  ): Promise<Creation> {
    const record = {
      key: grantKey(grant.id, this.#prefix),
      ttlMs: grantTtlMs(grant, nowMs, this.#idleMs),
      fields: grantFields(grant),
      mustLive: true,
    };
    const place = {
      key: this.#index(grant.userId, grant.accountEpoch),
      member: grant.id,
      score: nowMs,
      ttlMs: this.#idleMs,
      maxMembers: this.#maxLogins,
    };
    const how = { prefix: this.#prefix, idleMs: this.#idleMs, nowMs };
    return createRecords(
      this.#writes.redis,
      [record, ...keys.map((key) => newApiKeyRecord(key, how))],
      [place, ...keys.flatMap((key) => apiKeyIndexes(key, grant.accountEpoch, how))],
      account,
    );
  }

  /** Resolves once enough replicas have what was written of this grant and keys (`RECORDS_REPLICAS`). Rejects with `NotReplicated`. */
  async replicated(grantId: string, keyIds: readonly string[]): Promise<void> {
    await this.#writes.replicated(
      grantKey(grantId, this.#prefix),
      ...keyIds.map((id) => apiKeyRecordKey(id, this.#prefix)),
    );
  }

  /** A grant, active or ended; null when there is none. One round trip. */
  async find(grantId: string): Promise<StoredGrant | null> {
    return readGrant(grantId, await this.#redis.hmget(grantKey(grantId, this.#prefix), ...storedGrantFields));
  }

  /** The grants of an account that are alive, the last used first. */
  async page(
    { id: userId, epoch, identityUuids }: AccountView,
    request: PageRequest,
    nowMs: number,
  ): Promise<Page<StoredGrant>> {
    const read = async (id: string) => {
      const grant = await this.find(id);
      if (grant?.state !== 'active' || grant.userId !== userId) return null;
      return grant.scope === 'account' || identityUuids.has(grant.identityUuid) ? grant : null;
    };
    return readPage(this.#redis, this.#index(userId, epoch), request, 'last', read, nowMs);
  }

  /** Ends a grant of this account with all that came from it, everywhere at once: one write. */
  async end(
    grantId: string,
    userId: number,
    reason: EndReason,
  ): Promise<'ended' | 'endedBefore' | 'unknown'> {
    return endOwned(this.#writes.redis, grantKey(grantId, this.#prefix), userId, reason);
  }

  /** Clears what an account granted in an epoch that ended. */
  async clearEpoch(userId: number, epoch: string): Promise<void> {
    await clearIndex(this.#redis, this.#index(userId, epoch), (id) => grantKey(id, this.#prefix));
  }

  /** Takes an ended grant out of its account's index. */
  async unlist({ id, userId, accountEpoch }: Pick<Grant, 'id' | 'userId' | 'accountEpoch'>): Promise<void> {
    await this.#redis.zrem(this.#index(userId, accountEpoch), id);
  }

  /** Notes that a credential of the grant was used: it is not idle. */
  async noteUse(grant: StoredGrant, nowMs: number): Promise<void> {
    if (!isUseToNote(grant.lastUsedAtMs, nowMs)) return;
    const index = this.#index(grant.userId, grant.accountEpoch);
    await Promise.all([
      noteUse(this.#redis, grantKey(grant.id, this.#prefix), nowMs, grantTtlMs(grant, nowMs, this.#idleMs)),
      this.#redis.zadd(index, 'XX', nowMs, grant.id),
      this.#redis.pexpire(index, this.#idleMs, 'GT'),
    ]);
  }

  #index(userId: number, epoch: string): string {
    return accountIndexes(userId, epoch, this.#prefix).grants;
  }
}
