import type { RedisClient } from '@ravi/redis';
import { accountDecisionsKey, loginsStart } from './keyspace.ts';

/**
 * Of these keys, removes the logins that this account decided, and the list of its decisions. Only for an account without any grant.
 * Resolves to how many were removed. Harmless to repeat.
 */
export async function removeLoginTraces(
  redis: RedisClient,
  keys: readonly string[],
  userId: number,
  prefix = '',
): Promise<number> {
  const removed = await Promise.all(
    keys.map(
      async (key) =>
        (key === accountDecisionsKey(userId, prefix) ||
          (key.startsWith(loginsStart(prefix)) && (await redis.hget(key, 'user_id')) === String(userId))) &&
        (await redis.unlink(key)) === 1,
    ),
  );
  return removed.filter(Boolean).length;
}
