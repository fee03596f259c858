import { connectRedis, type RedisClient, waitUntilReady } from '@ravi/redis';
import { startRedis } from './redis.ts';

/** A Redis that a test file only uses, and a client of it, until the end of the file. Waits until it answers. */
export async function connectedRedis(): Promise<{ readonly redis: RedisClient; readonly url: string }> {
  const server = await startRedis();
  const redis = connectRedis({ kind: 'single', url: server.url }, 'tool', 'test');
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });
  await waitUntilReady(redis, 60_000);
  return { redis, url: server.url };
}
