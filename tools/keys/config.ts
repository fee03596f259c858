import { type Lifetimes, readLifetimes } from '@ravi/credentials';
import { type KeySources, keySettings, keySources } from '@ravi/issuer/signing-keys';
import { type RedisTopology, toolRedis } from '@ravi/redis';
import { type Env, integerVariable, lifetimeSettings, parseSettings, sharedSettings } from '@ravi/runtime';

/** The issuer's settings for the key tool. */
export interface KeyToolConfig {
  readonly redis: RedisTopology;
  readonly keySources: KeySources;
  /** A retired key verifies until its last token has expired. */
  readonly lifetimes: Lifetimes;
  /** How many replicas must have a change before it counts as done. */
  readonly recordsReplicas: number;
}

const apiSettings = {
  RECORDS_REPLICAS: { parser: integerVariable(0, 10), default: '0', help: 'As at the api.' },
} as const;

/**
 * Parses the settings of the key tool. If no Redis is named, it uses the one of `npm start` in DATA_DIR. Throws `ConfigError` with
 * every problem at once.
 */
export function parseConfig(env: Env): KeyToolConfig {
  const list = { ...sharedSettings, ...lifetimeSettings, ...keySettings, ...apiSettings };
  const values = parseSettings(env, list);
  return {
    redis: toolRedis(env, values),
    keySources: keySources(values),
    lifetimes: readLifetimes(values),
    recordsReplicas: values.RECORDS_REPLICAS,
  };
}
