import { type RedisClient, scanKeys } from '@ravi/redis';
import { everyAccountGrants, grantKey } from '../keyspace.ts';
import { settlingMs } from '../account-indexes.ts';
import { endsUnused, readGrant, type StoredGrant, storedGrantFields } from './grant.ts';

/** Grants of one account that are looked at together. */
const lookedAtOnce = 200;

/** Between two steps of a look Redis serves others: a look at a hundred million keys takes a quarter of an hour, and 4% of a core. */
const pauseMs = 5;

/** A grant that ends by itself, unless something of it is used before. */
export interface UnusedGrant {
  readonly grant: StoredGrant;
  readonly endsInMs: number;
}

export interface UnusedGrantsOptions {
  /** How long a grant stays if none of its credentials is used. */
  readonly idleMs: number;
  /** Only grants that end within this time are told. */
  readonly withinMs: number;
  readonly prefix?: string;
  /** Ends the look. */
  readonly signal?: AbortSignal;
}

/**
 * The living grants that `PROGRAM_IDLE_DAYS` will end soon, from a look over the keyspace: nothing has to be noted for it when a
 * login is made or used. Grants that are gone leave the index of their account. One may be told twice.
 */
export async function* unusedGrants(
  redis: RedisClient,
  nowMs: number,
  { idleMs, withinMs, prefix = '', signal }: UnusedGrantsOptions,
): AsyncGenerator<UnusedGrant> {
  // The last use in an index is exact to the minute, and may be older than that in the record. What is new there is left alone.
  const lastUsedBefore = Math.min(nowMs + withinMs - idleMs, nowMs - settlingMs);
  for await (const indexes of scanKeys(redis, everyAccountGrants(prefix), { pauseMs, signal })) {
    for (const index of indexes) yield* ofAccount(redis, index, { nowMs, withinMs, lastUsedBefore, prefix });
  }
}

interface Look {
  readonly nowMs: number;
  readonly withinMs: number;
  readonly lastUsedBefore: number;
  readonly prefix: string;
}

async function* ofAccount(
  redis: RedisClient,
  index: string,
  { nowMs, withinMs, lastUsedBefore, prefix }: Look,
): AsyncGenerator<UnusedGrant> {
  for (let offset = 0; ;) {
    const ids = await redis.zrangebyscore(index, '-inf', lastUsedBefore, 'LIMIT', offset, lookedAtOnce);
    if (ids.length === 0) return;
    const records = await Promise.all(
      ids.map(async (id) => {
        const key = grantKey(id, prefix);
        const [values, endsInMs] = await Promise.all([
          redis.hmget(key, ...storedGrantFields),
          redis.pttl(key),
        ]);
        return { id, grant: readGrant(id, values), endsInMs };
      }),
    );
    const gone = records.filter(({ grant }) => grant === null).map(({ id }) => id);
    if (gone.length > 0) await redis.zrem(index, ...gone);
    offset += ids.length - gone.length;
    for (const { grant, endsInMs } of records) {
      const isUnused = grant?.state === 'active' && endsInMs >= 0 && endsInMs <= withinMs;
      if (isUnused && endsUnused(grant, nowMs + endsInMs)) yield { grant, endsInMs };
    }
  }
}
