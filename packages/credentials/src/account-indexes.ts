import type { RedisClient } from '@ravi/redis';
import type { ApiKeyKind } from './api-keys/api-key.ts';
import { accountApiKeysKey, accountGrantsKey, accountMadeKeysKey } from './keyspace.ts';

/**
 * The indexes of what an account granted. Each belongs to one epoch of the account: when all is ended, the next epoch begins with
 * empty ones, and nothing has to be taken out of the old.
 */
export interface AccountIndexes {
  /** Grants by their last use. */
  readonly grants: string;
  /** Keys of a kind by their creation. */
  keys(kind: ApiKeyKind): string;
  /** Keys that were made with a credential, not brought by a login. */
  readonly madeKeys: string;
}

/** What has to be known of an account to read the lists of what it granted. */
export interface AccountView {
  readonly id: number;
  /** Its current epoch. */
  readonly epoch: string;
  readonly identityUuids: ReadonlySet<string>;
}

/** The names of an account's indexes in an epoch. */
export function accountIndexes(userId: number, epoch: string, prefix = ''): AccountIndexes {
  return {
    grants: accountGrantsKey(userId, epoch, prefix),
    keys: (kind) => accountApiKeysKey(userId, epoch, kind, prefix),
    madeKeys: accountMadeKeysKey(userId, epoch, prefix),
  };
}

/** Which part of a list: how many entries to pass over, and how many to read. */
export interface PageRequest {
  readonly offset: number;
  readonly count: number;
}

/** A part of a list, and how long the list is. */
export interface Page<Entry> {
  readonly entries: readonly Entry[];
  readonly total: number;
}

/** How often a page is filled up again when some of its members turned out to be gone. */
const fillings = 5;

/**
 * How long a new member stays in an index though it seems to be gone. On a Cluster its record may be written a moment later than its
 * place; and whoever reads the list may have read the account before the identity was created that the member is for.
 */
export const settlingMs = 60_000;

/**
 * Reads a page of an index that holds its members by the ms of their writing, or of something later. Members that `read` no longer
 * knows leave the index, and those behind them move up; new ones are only passed over, and still count: for a
 * minute a page may have fewer entries than `total` promises.
 */
export async function readPage<Entry>(
  redis: RedisClient,
  index: string,
  { offset, count }: PageRequest,
  order: 'first' | 'last',
  read: (member: string) => Promise<Entry | null>,
  nowMs: number,
): Promise<Page<Entry>> {
  for (let filling = 1; ; filling++) {
    const range = [index, String(offset), String(offset + count - 1), 'WITHSCORES'] as const;
    const [scored, total] = await Promise.all([
      order === 'first' ? redis.zrange(...range) : redis.zrevrange(...range),
      redis.zcard(index),
    ]);
    const members = scored.filter((_, at) => at % 2 === 0);
    const entries = await Promise.all(members.map(read));
    const gone = members.filter(
      (_, at) => entries[at] === null && nowMs - Number(scored[2 * at + 1]) > settlingMs,
    );
    if (gone.length > 0) await redis.zrem(index, ...gone);
    if (gone.length === 0 || filling === fillings) {
      return { entries: entries.filter((entry) => entry !== null), total: total - gone.length };
    }
  }
}

/** Records that are cleared at a time: a millisecond of Redis. */
const clearedAtOnce = 200;

/** Removes in small steps the records that the index of an ended epoch lists, and then the index. */
export async function clearIndex(
  redis: RedisClient,
  index: string,
  keyOf: (member: string) => string,
): Promise<void> {
  for (;;) {
    const members = await redis.zrange(index, '0', String(clearedAtOnce - 1));
    if (members.length === 0) return;
    // The records first: nothing would remove a record that no index lists.
    await Promise.all(members.map((member) => redis.unlink(keyOf(member))));
    await redis.zrem(index, ...members);
  }
}
