import { type Lifetimes, readLifetimes } from '@ravi/credentials';
import { type KeySources, keySettings, keySources } from '@ravi/issuer/signing-keys';
import { type RedisTopology, toolRedis } from '@ravi/redis';
import { type Env, lifetimeSettings, parseSettings, sharedSettings } from '@ravi/runtime';

/** What the key tool needs of the issuer's settings. */
export interface KeyToolConfig {
  readonly redis: RedisTopology;
  readonly keySources: KeySources;
  /** A retired key verifies until its last token has expired. */
  readonly lifetimes: Lifetimes;
}

/**
 * Parses what the key tool needs. Where no Redis is named and `npm start` keeps one in DATA_DIR, it is that. Throws `ConfigError`
 * with every problem at once.
 */
export function parseConfig(env: Env): KeyToolConfig {
  const values = parseSettings(env, { ...sharedSettings, ...lifetimeSettings, ...keySettings });
  return { redis: toolRedis(env, values), keySources: keySources(values), lifetimes: readLifetimes(values) };
}
