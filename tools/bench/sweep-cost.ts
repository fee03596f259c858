import { type LoginId, LoginStore } from '@ravi/device-login';
import { connectRedis, waitUntilReady } from '@ravi/redis';
import { readRedis } from './login-cost.ts';

/** Logins that an api's sweep reads at once. */
const batchSize = 250;

/** Rounds over all logins that are measured. */
const rounds = 5;

/** CPU of a check by the sweep, in microseconds. */
export interface SweepCost {
  readonly apiUs: number;
  readonly redisUs: number;
}

/**
 * The cost of the sweep's check of a held login, over all logins of a Redis. This process does an api's part, so that nothing
 * else is counted.
 */
export async function costOfSweepChecks(redisPort: number): Promise<SweepCost> {
  const redis = connectRedis({ kind: 'single', url: `redis://127.0.0.1:${redisPort}` }, 'commands', 'bench');
  redis.on('error', () => undefined);
  try {
    await waitUntilReady(redis, 5_000);
    const logins = new LoginStore(redis);
    const keys = await redis.keys('ravi:login:{*}');
    const ids = keys.map((key) => key.slice(key.indexOf('{') + 1, -1) as LoginId);
    const checkAll = async () => {
      for (let at = 0; at < ids.length; at += batchSize)
        await logins.stillWaiting(ids.slice(at, at + batchSize), 'bench');
    };
    // Once to warm up.
    await checkAll();
    const [redisBefore, before] = [await readRedis(redisPort), process.cpuUsage()];
    for (let round = 0; round < rounds; round++) await checkAll();
    const { user, system } = process.cpuUsage(before);
    const redisAfter = await readRedis(redisPort);
    const checks = rounds * ids.length;
    return { apiUs: (user + system) / checks, redisUs: (redisAfter.cpuUs - redisBefore.cpuUs) / checks };
  } finally {
    redis.disconnect();
  }
}
