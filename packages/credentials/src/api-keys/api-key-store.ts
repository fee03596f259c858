import { type RecordWrites, type RedisClient, unconfirmedWrites } from '@ravi/redis';
import {
  accountIndexes,
  type AccountView,
  clearIndex,
  type Page,
  type PageRequest,
  readPage,
} from '../account-indexes.ts';
import type { Grant } from '../grants/grant.ts';
import type { NewApiKey } from '../issued-login.ts';
import { apiKeyRecordKey, grantKey } from '../keyspace.ts';
import { defaultLifetimes } from '../lifetimes.ts';
import {
  type AccountEpoch,
  createRecords,
  endOwned,
  type EndReason,
  type IndexEntry,
  isUseToNote,
  keepAlive,
  type NewRecord,
  noteUse,
} from '../records.ts';
import type { ApiKeyKind } from './api-key.ts';
import {
  apiKeyFields,
  type ApiKeyRecord,
  readApiKey,
  type StoredApiKey,
  storedApiKeyFields,
} from './api-key-record.ts';

/** Keys of an account that credentials made, beside those that came with logins. */
export const maxMadeKeys = 500;

/** Where and for how long a key is written. */
interface Writing {
  readonly prefix: string;
  readonly idleMs: number;
  readonly nowMs: number;
}

/** What is to be written of a new key. */
export function newApiKeyRecord({ hash, record }: NewApiKey, { prefix, idleMs, nowMs }: Writing): NewRecord {
  return {
    key: apiKeyRecordKey(record.id, prefix),
    ttlMs: ttlMs(record, nowMs, idleMs),
    fields: apiKeyFields(hash, record),
  };
}

/** The places of a key in its account's indexes; `made` by a credential, where no login brought it. */
export function apiKeyIndexes(
  { record }: NewApiKey,
  epoch: string,
  { prefix, idleMs, nowMs }: Writing,
  made: 'made' | 'brought' = 'brought',
): readonly IndexEntry[] {
  const indexes = accountIndexes(record.userId, epoch, prefix);
  const names = [indexes.keys(record.kind), ...(made === 'made' ? [indexes.madeKeys] : [])];
  return names.map((key) => ({ key, member: record.id, score: nowMs, ttlMs: idleMs }));
}

/** For how long a key stays in Redis if it is not used from now on. */
function ttlMs({ expiresAtMs }: Pick<ApiKeyRecord, 'expiresAtMs'>, nowMs: number, idleMs: number): number {
  return Math.max(1, Math.floor(expiresAtMs === null ? idleMs : Math.min(idleMs, expiresAtMs - nowMs)));
}

/** Reads of keys, and of the state and the epoch of grants. */
interface ReadOnce {
  readonly key: (id: string) => Promise<StoredApiKey | null>;
  readonly grant: (id: string) => Promise<readonly (string | null)[]>;
}

/** The same reading, but of each id once. */
function once<Value>(read: (id: string) => Promise<Value>): (id: string) => Promise<Value> {
  const reads = new Map<string, Promise<Value>>();
  return (id) => {
    const known = reads.get(id) ?? read(id);
    reads.set(id, known);
    return known;
  };
}

/** How a store of API keys differs from the usual one. */
export interface ApiKeyStoreOptions {
  readonly prefix?: string;
  /** How long a key that is not used stays. */
  readonly idleMs?: number;
  /** Where keys are written; absent: like all else, and nobody waits for replicas. */
  readonly writes?: RecordWrites;
}

/**
 * API keys in Redis, under ids that follow from their hashes, and indexes of each account's. A record tells only of the key itself,
 * which is alive while its ancestors, its grant and its account's epoch are, too.
 */
export class ApiKeyStore {
  readonly #redis: RedisClient;
  readonly #prefix: string;
  readonly #idleMs: number;
  readonly #writes: RecordWrites;

  constructor(redis: RedisClient, options: ApiKeyStoreOptions = {}) {
    this.#redis = redis;
    this.#prefix = options.prefix ?? '';
    this.#idleMs = options.idleMs ?? defaultLifetimes.programIdleMs;
    this.#writes = options.writes ?? unconfirmedWrites(redis);
  }

  /**
   * Writes the record of a key that a credential made. Harmless to repeat; a key that was revoked in the meantime stays revoked.
   * False when the epoch of the account, or the identity of the key, had ended by then.
   */
  async add(key: NewApiKey, account: AccountEpoch, nowMs: number): Promise<boolean> {
    const how = { prefix: this.#prefix, idleMs: this.#idleMs, nowMs };
    const indexes = apiKeyIndexes(key, account.epoch, how, 'made');
    return (await createRecords(this.#writes.redis, [newApiKeyRecord(key, how)], indexes, account)).stands;
  }

  /** Resolves once enough replicas have what was written of this key (`RECORDS_REPLICAS`). Rejects with `NotReplicated`. */
  async replicated(id: string): Promise<void> {
    await this.#writes.replicated(this.#key(id));
  }

  /** The record with this id; null when the key itself is unknown, revoked or expired. One round trip. */
  async find(id: string, nowMs: number): Promise<StoredApiKey | null> {
    return readApiKey(id, await this.#redis.hmget(this.#key(id), ...storedApiKeyFields), nowMs);
  }

  /** What a key belongs to, also once it has ended; null where none has this id, or its end is forgotten. One round trip. */
  async descent(id: string): Promise<Pick<StoredApiKey, 'userId' | 'grantId' | 'ancestorIds'> | null> {
    const [userId, grantId, ancestorIds] = await this.#redis.hmget(
      this.#key(id),
      'user_id',
      'grant_id',
      'ancestor_ids',
    );
    if (!userId || !grantId) return null;
    return { userId: Number(userId), grantId, ancestorIds: ancestorIds?.split(' ').filter(Boolean) ?? [] };
  }

  /** The keys of one kind of an account that are alive, the first handed over first. */
  async page(
    account: AccountView,
    kind: ApiKeyKind,
    request: PageRequest,
    nowMs: number,
  ): Promise<Page<StoredApiKey>> {
    const index = accountIndexes(account.id, account.epoch, this.#prefix).keys(kind);
    const reads = this.#readOnce(nowMs);
    const read = (id: string) => this.#findAlive(account, id, reads);
    return readPage(this.#redis, index, request, 'first', read, nowMs);
  }

  /**
   * All living keys that credentials of the account made, oldest first: at most `maxMadeKeys`, and a few more where some were made at
   * the same moment.
   */
  async made(account: AccountView, nowMs: number): Promise<readonly StoredApiKey[]> {
    const index = accountIndexes(account.id, account.epoch, this.#prefix).madeKeys;
    const all = { offset: 0, count: 2 * maxMadeKeys };
    const reads = this.#readOnce(nowMs);
    const read = (id: string) => this.#findAlive(account, id, reads);
    return (await readPage(this.#redis, index, all, 'first', read, nowMs)).entries;
  }

  /** A key of the account by its id; null when it, or anything that it depends on, has ended. Two round trips. */
  async findAlive(account: AccountView, id: string, nowMs: number): Promise<StoredApiKey | null> {
    return this.#findAlive(account, id, this.#readOnce(nowMs));
  }

  async #findAlive(account: AccountView, id: string, reads: ReadOnce): Promise<StoredApiKey | null> {
    const key = await reads.key(id);
    if (key?.userId !== account.id) return null;
    if (key.kind === 'identity' && !account.identityUuids.has(key.identityUuid)) return null;
    const [[state, epoch], ...ancestors] = await Promise.all([
      reads.grant(key.grantId),
      ...key.ancestorIds.map((ancestor) => reads.key(ancestor)),
    ]);
    return state === 'active' && epoch === account.epoch && !ancestors.includes(null) ? key : null;
  }

  /** Reads each key and each grant once, for a list: the keys of an account have few grants, and descend from each other. */
  #readOnce(nowMs: number): ReadOnce {
    return {
      key: once((id) => this.find(id, nowMs)),
      grant: once((id) => this.#redis.hmget(grantKey(id, this.#prefix), 'state', 'epoch')),
    };
  }

  /** How many keys credentials of the account made; some of them may be gone. */
  async countMade(userId: number, epoch: string): Promise<number> {
    return this.#redis.zcard(accountIndexes(userId, epoch, this.#prefix).madeKeys);
  }

  /** Revokes a key of this account, and with it what descends from it: one write. False when it has no such key. */
  async revoke(id: string, userId: number, reason: EndReason): Promise<boolean> {
    return (await endOwned(this.#writes.redis, this.#key(id), userId, reason)) === 'ended';
  }

  /** Takes a key that ended out of its account's indexes. */
  async unlist(
    { id, kind, userId }: Pick<ApiKeyRecord, 'id' | 'kind' | 'userId'>,
    epoch: string,
  ): Promise<void> {
    const indexes = accountIndexes(userId, epoch, this.#prefix);
    await Promise.all([indexes.keys(kind), indexes.madeKeys].map((index) => this.#redis.zrem(index, id)));
  }

  /** Clears the keys that an account had in an epoch that ended. */
  async clearEpoch(userId: number, epoch: string): Promise<void> {
    const indexes = accountIndexes(userId, epoch, this.#prefix);
    for (const index of [indexes.keys('management'), indexes.keys('identity'), indexes.madeKeys]) {
      await clearIndex(this.#redis, index, (id) => this.#key(id));
    }
  }

  /** Clears the keys that belonged to a grant that ended: those that came with it, and those that were made. */
  async clearGrant(
    { id, userId, accountEpoch, keyIds }: Pick<Grant, 'id' | 'userId' | 'accountEpoch' | 'keyIds'>,
    nowMs: number,
  ): Promise<void> {
    const { madeKeys } = accountIndexes(userId, accountEpoch, this.#prefix);
    const ids = [...keyIds, ...(await this.#redis.zrange(madeKeys, '0', '-1'))];
    const keys = await Promise.all(ids.map((keyId) => this.find(keyId, nowMs)));
    const its = keys.filter((key) => key?.grantId === id).filter((key) => key !== null);
    await Promise.all(its.map((key) => this.#redis.unlink(this.#key(key.id))));
    await Promise.all(its.map((key) => this.unlist(key, accountEpoch)));
  }

  /**
   * Notes that a key was used: neither it nor what it descends from is idle. Resolves to whether it was the first time; null where
   * it was used within the last minute.
   */
  async noteUse(
    key: StoredApiKey,
    ancestors: readonly StoredApiKey[],
    epoch: string,
    nowMs: number,
  ): Promise<boolean | null> {
    if (!isUseToNote(key.lastUsedAtMs, nowMs)) return null;
    const indexes = accountIndexes(key.userId, epoch, this.#prefix);
    const kinds = new Set([key, ...ancestors].map(({ kind }) => kind));
    const [first] = await Promise.all([
      noteUse(this.#redis, this.#key(key.id), nowMs, ttlMs(key, nowMs, this.#idleMs)),
      ...ancestors.map((ancestor) =>
        keepAlive(this.#redis, this.#key(ancestor.id), ttlMs(ancestor, nowMs, this.#idleMs)),
      ),
      ...[...Array.from(kinds, (kind) => indexes.keys(kind)), indexes.madeKeys].map((index) =>
        this.#redis.pexpire(index, this.#idleMs, 'GT'),
      ),
    ]);
    return first;
  }

  #key(id: string): string {
    return apiKeyRecordKey(id, this.#prefix);
  }
}
