import { randomBytes } from 'node:crypto';
import { apiKeyId, generateApiKey, hashApiKey } from '@ravi/credentials';
import type { Redis } from 'ioredis';

/** Logins that are copied in one step of Redis. */
const perStep = 2_000;

/** Copies a grant and a management key of it, under new names, and lists them as if these logins had been redeemed. */
const copy = `
  local grant, key = redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2])
  local created, ttl, first, last, run = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
  for i = first, last do
    local id = string.format('%s-0000-4000-8000-%012d', run, i)
    local key_id, hash = ARGV[6 + 2 * (i - first)] or id, ARGV[7 + 2 * (i - first)] or id
    redis.call('HSET', 'ravi:grant:{' .. id .. '}', unpack(grant))
    redis.call('HSET', 'ravi:grant:{' .. id .. '}', 'key_ids', key_id)
    redis.call('PEXPIRE', 'ravi:grant:{' .. id .. '}', ttl)
    redis.call('HSET', 'ravi:key:' .. key_id, unpack(key))
    redis.call('HSET', 'ravi:key:' .. key_id, 'grant_id', id, 'hash', hash)
    redis.call('PEXPIRE', 'ravi:key:' .. key_id, ttl)
    redis.call('ZADD', KEYS[3], created, id)
    redis.call('ZADD', KEYS[4], created, key_id)
  end`;

/** Many logins that an account had all at once. */
export interface ManyLogins {
  readonly keys: readonly string[];
  /** How many of their records lie in Redis. A look over the keyspace. */
  left(): Promise<number>;
  /** Whether the lists that lead to them are gone: the last step of clearing them. */
  isUnlisted(): Promise<boolean>;
}

/**
 * Gives an account `count` more logins, each with a management key: copies of one that was redeemed, since that many redemptions would
 * take too long. Returns the keys of `known` of them.
 */
export async function addLogins(
  redis: Redis,
  { grantId, count, known }: { readonly grantId: string; readonly count: number; readonly known: number },
): Promise<ManyLogins> {
  const grant = `ravi:grant:{${grantId}}`;
  const [userId, epoch, keyIds] = await redis.hmget(grant, 'user_id', 'epoch', 'key_ids');
  const key = `ravi:key:${keyIds?.split(' ')[0]}`;
  const indexes = [
    `ravi:account-grants:${userId}:${epoch}`,
    `ravi:account-keys:${userId}:${epoch}:management`,
  ];
  const run = randomBytes(4).toString('hex');
  const keys = Array.from({ length: known }, () => generateApiKey('management'));
  const ofKeys = keys.map(hashApiKey).flatMap((hash) => [apiKeyId(hash), hash]);
  for (let first = 0; first < count; first += perStep) {
    const last = Math.min(count, first + perStep) - 1;
    const told = first === 0 ? ofKeys : [];
    await redis.eval(copy, 4, grant, key, ...indexes, Date.now(), 86_400_000, first, last, run, ...told);
  }
  const left = async () => {
    // A look may meet a name twice, as where Redis moves its keys to a larger table meanwhile.
    const found = new Set<string>();
    for (const pattern of [`ravi:grant:{${run}-*`, `ravi:key:${run}-*`]) {
      for await (const names of redis.scanStream({ match: pattern, count: 5_000 })) {
        for (const name of names as readonly string[]) found.add(name);
      }
    }
    return found.size;
  };
  return { keys, left, isUnlisted: async () => (await redis.exists(...indexes)) === 0 };
}
