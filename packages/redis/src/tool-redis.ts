import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RedisClient } from './client.ts';
import { parseTopology, type RedisTopology, type RedisVariables } from './topology.ts';
import { waitUntilReady } from './wait-until-ready.ts';

/** How long a tool waits for a Redis that does not answer. */
const answerMs = 5_000;

/** Resolves when a tool's connection can take commands; tells on standard error what it waits for. Rejects as `waitUntilReady` does. */
export function waitForTool(client: RedisClient, topology: RedisTopology): Promise<void> {
  return waitUntilReady(client, answerMs, topology, () =>
    process.stderr.write('Redis is loading its data: waiting until it has.\n'),
  );
}

/** The Redis for a tool: the configured one, else the one of `npm start` in DATA_DIR, if it runs. */
export function toolRedis(
  env: Readonly<Record<string, string | undefined>>,
  values: RedisVariables & { readonly DATA_DIR: string },
): RedisTopology {
  const port = writtenByStart(env, values.DATA_DIR, 'port');
  const redisUrl = port === null ? values.REDIS_URL : `redis://127.0.0.1:${port}`;
  return parseTopology({ ...values, REDIS_URL: redisUrl });
}

/** The address at which people reach the stack of `npm start` whose Redis a tool uses; null where it uses another Redis. */
export function developmentUrl(
  env: Readonly<Record<string, string | undefined>>,
  dataDir: string,
): string | null {
  return writtenByStart(env, dataDir, 'public-url');
}

/** What `npm start` wrote for tools beside the data of its Redis. Null if a Redis is named, which then need not be that one. */
function writtenByStart(
  env: Readonly<Record<string, string | undefined>>,
  dataDir: string,
  name: 'port' | 'public-url',
): string | null {
  const named = ['REDIS_URL', 'REDIS_CLUSTER_NODES', 'REDIS_SENTINELS'].some((setting) => env[setting]);
  const file = join(dataDir, 'redis', name);
  return !named && existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
}
