import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTopology, type RedisTopology } from '@ravi/redis';
import { type Env, parseEnv, sharedVariables } from '@ravi/runtime';
import { keySources, keyVariables } from '../signing-keys/key-settings.ts';
import type { KeySources } from '../signing-keys/key-sources.ts';

/** What the key tool needs of the issuer's settings. */
export interface KeyToolConfig {
  readonly redis: RedisTopology;
  readonly keySources: KeySources;
}

/**
 * Parses what the key tool needs. Where no Redis is named and `npm start` keeps one in DATA_DIR, it is that. Throws `ConfigError`
 * with every problem at once.
 */
export function parseConfig(env: Env): KeyToolConfig {
  const values = parseEnv(env, { ...sharedVariables, ...keyVariables }, {});
  const named = ['REDIS_URL', 'REDIS_CLUSTER_NODES', 'REDIS_SENTINELS'].some((name) => env[name]);
  const port = named ? null : developmentRedisPort(values.DATA_DIR);
  const redisUrl = port === null ? values.REDIS_URL : `redis://127.0.0.1:${port}`;
  return { redis: parseTopology({ ...values, REDIS_URL: redisUrl }), keySources: keySources(values) };
}

function developmentRedisPort(dataDir: string): string | null {
  const file = join(dataDir, 'redis/port');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
}
