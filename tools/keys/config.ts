import { type Lifetimes, readLifetimes } from '@ravi/credentials';
import { type KeySources, keySettings, keySources } from '@ravi/issuer/signing-keys';
import { type RedisTopology, toolRedis } from '@ravi/redis';
import { type Env, lifetimeSettings, parseSettings, sharedSettings } from '@ravi/runtime';

/** The issuer's settings for the key tool. */
export interface KeyToolConfig {
  readonly redis: RedisTopology;
  readonly keySources: KeySources;
  /** A retired key verifies until its last token has expired. */
  readonly lifetimes: Lifetimes;
}

/**
 * Parses the settings of the key tool. If no Redis is named, it uses the one of `npm start` in DATA_DIR. Throws `ConfigError` with
 * every problem at once.
 */
export function parseConfig(env: Env): KeyToolConfig {
  const values = parseSettings(env, { ...sharedSettings, ...lifetimeSettings, ...keySettings });
  return { redis: toolRedis(env, values), keySources: keySources(values), lifetimes: readLifetimes(values) };
}
