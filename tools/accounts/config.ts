import { readLifetimes } from '@ravi/credentials';
import { developmentUrl, type RedisTopology, toolRedis } from '@ravi/redis';
import {
  deriveServiceKeys,
  type Env,
  type ServiceKeyGenerations,
  integerVariable,
  lifetimeSettings,
  parseSettings,
  serviceSettings,
  sharedSettings,
} from '@ravi/runtime';

/** What the tool takes of the services' settings. */
export interface AccountsToolConfig {
  readonly redis: RedisTopology;
  /** Where one-time links lead. */
  readonly publicUrl: string;
  readonly auditEnabled: boolean;
  /** How long a record rests that is not used. */
  readonly programIdleMs: number;
  /** How many replicas must have a change before it counts as done. */
  readonly recordsReplicas: number;
  /** The keys of the services; null where no SECRET is set. */
  readonly keys: ServiceKeyGenerations | null;
  /** Whether the issuers send e-mail. */
  readonly mail: boolean;
}

const apiSettings = {
  PORT: {
    parser: integerVariable(0, 65_535),
    default: '3000',
    help: 'Of the api, for the default of PUBLIC_URL.',
  },
  SMTP_URL: serviceSettings('3001').SMTP_URL,
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
    programIdleMs: readLifetimes(values).programIdleMs,
    recordsReplicas: values.RECORDS_REPLICAS,
    keys: values.SECRET ? deriveServiceKeys(values.SECRET, values.SECRET_PREVIOUS, values.SECRET_NEXT) : null,
    mail: values.SMTP_URL !== undefined,
  };
}
