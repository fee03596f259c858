import { readLifetimes } from '@ravi/credentials';
import { developmentUrl, type RedisTopology, toolRedis } from '@ravi/redis';
import { type Env, integerVariable, lifetimeSettings, parseSettings, sharedSettings } from '@ravi/runtime';

/** What the tool takes of the services' settings. */
export interface AccountsToolConfig {
  readonly redis: RedisTopology;
  /** Where one-time links lead. */
  readonly publicUrl: string;
  readonly auditEnabled: boolean;
  readonly auditMaxEvents: number;
  /** How long a record rests that is not used. */
  readonly programIdleMs: number;
  /** How many replicas must have a change before it counts as done. */
  readonly recordsReplicas: number;
}

const apiSettings = {
  PORT: {
    parser: integerVariable(0, 65_535),
    default: '3000',
    help: 'Of the api, for the default of PUBLIC_URL.',
  },
  RECORDS_REPLICAS: {
    parser: integerVariable(0, 10),
    default: '0',
    help: 'As at the api.',
  },
} as const;

/**
 * Parses the tool's settings. Where no Redis is named and `npm start` keeps one in DATA_DIR, it is that, and
 * links lead to its stack unless PUBLIC_URL says where. Throws `ConfigError` with
 * every problem at once.
 */
export function parseConfig(env: Env): AccountsToolConfig {
  const values = parseSettings(env, { ...sharedSettings, ...lifetimeSettings, ...apiSettings });
  return {
    redis: toolRedis(env, values),
    publicUrl: values.PUBLIC_URL ?? developmentUrl(env, values.DATA_DIR) ?? `http://localhost:${values.PORT}`,
    auditEnabled: values.AUDIT,
    auditMaxEvents: values.AUDIT_MAX_EVENTS,
    programIdleMs: readLifetimes(values).programIdleMs,
    recordsReplicas: values.RECORDS_REPLICAS,
  };
}
