import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTopology, type RedisTopology, type RedisVariables } from './topology.ts';

/** The Redis for a tool: the configured one, else the one of `npm start` in DATA_DIR, if it runs. */
export function toolRedis(
  env: Readonly<Record<string, string | undefined>>,
  values: RedisVariables & { readonly DATA_DIR: string },
): RedisTopology {
  const named = ['REDIS_URL', 'REDIS_CLUSTER_NODES', 'REDIS_SENTINELS'].some((name) => env[name]);
  const port = named ? null : developmentRedisPort(values.DATA_DIR);
  const redisUrl = port === null ? values.REDIS_URL : `redis://127.0.0.1:${port}`;
  return parseTopology({ ...values, REDIS_URL: redisUrl });
}

function developmentRedisPort(dataDir: string): string | null {
  const file = join(dataDir, 'redis/port');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
}
