import type { RedisClient } from '@ravi/redis';
import { keysOfAccount } from './keyspace.ts';

/**
 * Of these keys, removes those that belong to what was granted in an account: grants and API keys, living or ended, and lists of
 * them. Only for an account in which nothing is granted any more. Resolves to how many were removed. Harmless to repeat.
 */
export async function removeCredentialTraces(
  redis: RedisClient,
  keys: readonly string[],
  userId: number,
  prefix = '',
): Promise<number> {
  const { lists, records } = keysOfAccount(userId, prefix);
  const removed = await Promise.all(
    keys.map(async (key) => {
      const its =
        lists.some((start) => key.startsWith(start)) ||
        (records.some((start) => key.startsWith(start)) &&
          (await redis.hget(key, 'user_id')) === String(userId));
      return its && (await redis.unlink(key)) === 1;
    }),
  );
  return removed.filter(Boolean).length;
}
