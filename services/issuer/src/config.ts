import { generateSigningKey } from '@ravi/credentials/signing';
import { parseTopology, type RedisTopology } from '@ravi/redis';
import {
  ConfigError,
  deriveServiceKeys,
  type Env,
  integerVariable,
  keepDevelopmentFile,
  keepDevelopmentSecret,
  listVariable,
  readEnv,
  type ServiceKeyGenerations,
  sharedVariables,
} from '@ravi/runtime';
import type { DeliverySettings } from './deliveries/deliveries.ts';
import {
  mailFromVariable,
  readDeliverySettings,
  smtpUrlVariable,
  webhookSecretVariable,
  webhookUrlVariable,
} from './deliveries/settings.ts';
import { keySources, keyVariables } from './signing-keys/key-settings.ts';
import { hasKeyFiles, type KeySources, readKeySources } from './signing-keys/key-sources.ts';

/** Everything that the issuer can be told, validated and frozen. */
export interface IssuerConfig {
  readonly adminPort: number;
  /** Where the process tells that it is ready; null for nowhere. */
  readonly readyFile: string | null;
  readonly redis: RedisTopology;
  /** The `iss` of every token. */
  readonly publicUrl: string;
  readonly keys: ServiceKeyGenerations;
  readonly keySources: KeySources;
  readonly concurrency: number;
  readonly deliveries: DeliverySettings;
  readonly shutdownSeconds: number;
  readonly audit: boolean;
  readonly auditMaxEvents: number;
  readonly logLevel: string;
}

const variables = {
  ...sharedVariables,
  ADMIN_PORT: integerVariable(0, 65_535).default(3002),
  PORT: integerVariable(0, 65_535).default(3000),
  ...keyVariables,
  ISSUER_CONCURRENCY: integerVariable(1, 1_000).default(8),
  DEVICE_CODE_TTL_SECONDS: integerVariable(1, 86_400).default(900),
  SHUTDOWN_SECONDS: integerVariable(1, 600).default(20),
  WEBHOOK_URL: webhookUrlVariable.optional(),
  WEBHOOK_SECRET: webhookSecretVariable.optional(),
  WEBHOOK_EVENTS: listVariable.optional(),
  SMTP_URL: smtpUrlVariable.optional(),
  MAIL_FROM: mailFromVariable.optional(),
};

const requiredInProduction = {
  SECRET: 'it is the same value as at the api',
  PUBLIC_URL: 'it is the same value as at the api, and the "iss" of tokens',
};

const keysMissing = {
  SIGNING_KEY_DIR: 'or SIGNING_KEY_FILES, or SIGNING_KEYS; make a key with: npm run keys -- add',
};

/** Parses the issuer's configuration and looks at its signing keys. Throws `ConfigError` with every problem at once. */
export function parseConfig(env: Env): IssuerConfig {
  const hasKeys = Object.keys(keyVariables).some((name) => env[name]);
  const required = { ...requiredInProduction, ...(hasKeys ? {} : keysMissing) };
  const { values, problems } = readEnv(env, variables, required);
  const collect = <T>(variable: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'not usable';
      problems.push(reason.startsWith('REDIS_') ? reason : `${variable}: ${reason}`);
      return undefined;
    }
  };
  if (values.PORT === 0 && !values.PUBLIC_URL) {
    problems.push('PUBLIC_URL: must be set where PORT is 0; it is the same value as at the api');
  }
  const deliveries = readDeliverySettings(values);
  problems.push(...deliveries.problems);
  const redis = collect('REDIS_URL', () => parseTopology(values));
  const sources = keySources(values);
  // Nothing is made for development while something else is wrong.
  if (problems.length > 0 && sources.variable === 'DATA_DIR') throw new ConfigError(problems);
  const keys = collect(sources.variable, () => {
    const { directory, variable } = sources;
    if (directory !== null && variable === 'DATA_DIR' && !hasKeyFiles(directory)) {
      keepDevelopmentFile(directory, 'first.pem', generateSigningKey);
    }
    return readKeySources(sources);
  });
  if (problems.length > 0 || !redis || !keys) throw new ConfigError(problems);
  const secret = values.SECRET ?? keepDevelopmentSecret(values.DATA_DIR);
  return Object.freeze({
    adminPort: values.ADMIN_PORT,
    readyFile: values.READY_FILE ?? null,
    redis,
    publicUrl: values.PUBLIC_URL ?? `http://localhost:${values.PORT}`,
    keys: deriveServiceKeys(secret, values.SECRET_PREVIOUS),
    keySources: sources,
    concurrency: values.ISSUER_CONCURRENCY,
    deliveries: deliveries.settings,
    shutdownSeconds: values.SHUTDOWN_SECONDS,
    audit: values.AUDIT,
    auditMaxEvents: values.AUDIT_MAX_EVENTS,
    logLevel: values.LOG_LEVEL,
  });
}
