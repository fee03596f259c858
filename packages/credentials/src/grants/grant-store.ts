import type { RedisClient } from '@ravi/redis';
import { newApiKeyRecord } from '../api-keys/api-key-store.ts';
import type { NewApiKey } from '../issued-login.ts';
import { accountGrantsKey, grantKey } from '../keyspace.ts';
import {
  type ApprovalStillStands,
  createAndCheckApproval,
  endedRecordKeptMs,
  endOwned,
  type EndReason,
  noteUse,
} from '../records.ts';
import { refreshTokenTtlSeconds } from '../tokens/token-claims.ts';
import { type Grant, grantFields, readGrant, type StoredGrant } from './grant.ts';

/** How long the record of a grant without API keys outlives its last refresh token. */
const slackMs = 24 * 3600 * 1000;

/**
 * Milliseconds after its last refresh at which a grant ceases to exist; null where it does not: it has API keys to tell
 * of, or an end of its own.
 */
export function grantTtlMs(grant: Pick<Grant, 'hasKeys' | 'expiresAtMs'>): number | null {
  return grant.hasKeys || grant.expiresAtMs !== null ? null : refreshTokenTtlSeconds * 1000 + slackMs;
}

/** Grants in Redis, and an index of each account's. */
export class GrantStore {
  readonly #redis: RedisClient;
  readonly #prefix: string;

  constructor(redis: RedisClient, prefix = '') {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /**
   * Writes a grant and the API keys that came with it, and tells whether their approval still stands. Harmless to repeat: what
   * moved on, ended or was revoked in the meantime stays as it is.
   */
  async add(
    grant: Grant,
    keys: readonly NewApiKey[],
    approvalStillStands: ApprovalStillStands,
  ): Promise<boolean> {
    const ttlMs = grantTtlMs(grant);
    const record = {
      key: grantKey(grant.id, this.#prefix),
      expiresAtMs: ttlMs === null ? grant.expiresAtMs : grant.createdAtMs + ttlMs,
      fields: grantFields(grant),
      index: { key: this.#index(grant.userId), atMs: grant.createdAtMs, member: grant.id },
    };
    const records = [record, ...keys.map((key) => newApiKeyRecord(key, this.#prefix))];
    return createAndCheckApproval(this.#redis, records, approvalStillStands);
  }

  /** A grant, active or ended; null when there is none. One round trip. */
  async find(grantId: string): Promise<StoredGrant | null> {
    return readGrant(grantId, await this.#redis.hgetall(grantKey(grantId, this.#prefix)));
  }

  /** All grants of an account, oldest first, ended ones too. What is gone leaves the index. */
  async list(userId: number): Promise<readonly StoredGrant[]> {
    const ids = await this.#redis.zrange(this.#index(userId), '0', '-1');
    const grants = await Promise.all(ids.map((id) => this.find(id)));
    const gone = ids.filter((_, index) => grants[index] === null);
    if (gone.length > 0) await this.#redis.zrem(this.#index(userId), ...gone);
    return grants.filter((grant) => grant !== null).filter((grant) => grant.userId === userId);
  }

  /**
   * Ends a grant of this account: both its tokens are invalid everywhere at once. After a revocation, which ends its keys
   * too, the record is kept for a month; else as long as it would stay anyway.
   */
  async end(
    grantId: string,
    userId: number,
    reason: EndReason,
    nowMs: number,
  ): Promise<'ended' | 'endedBefore' | 'unknown'> {
    return endOwned(this.#redis, grantKey(grantId, this.#prefix), {
      userId,
      reason,
      nowMs,
      keepMs: reason === 'revoked' || reason === 'not_me' ? endedRecordKeptMs : null,
    });
  }

  /** Notes that a token of the grant was used. */
  async noteUse(grant: StoredGrant, nowMs: number): Promise<void> {
    await noteUse(this.#redis, grantKey(grant.id, this.#prefix), grant.lastUsedAtMs, nowMs);
  }

  #index(userId: number): string {
    return accountGrantsKey(userId, this.#prefix);
  }
}
