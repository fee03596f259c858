import type { Redis } from 'ioredis';

/**
 * How many wrong codes Redis counts, of accounts and of addresses together. A code that was right is taken back behind its answer, and by each
 * api on a connection of its own: what another one is sent next may come before that.
 */
export async function countedGuesses(redis: Redis): Promise<number> {
  const keys = await redis.keys('ravi:limit:wrong-codes-a[cd]*');
  const counts = await Promise.all(keys.map((key) => redis.zcard(key)));
  return counts.reduce((sum, count) => sum + count, 0);
}
