import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type KeyRing, readKeyRing } from '@ravi/credentials/signing';
import { parseTopology, type RedisTopology } from '@ravi/redis';
import {
  ConfigError,
  deriveServiceKeys,
  type Env,
  integerVariable,
  keepDevelopmentFile,
  keepDevelopmentSecret,
  listVariable,
  parseEnv,
  type ServiceKeyGenerations,
  sharedVariables,
} from '@ravi/runtime';

/** Everything that the issuer can be told, validated and frozen. */
export interface IssuerConfig {
  readonly adminPort: number;
  readonly redis: RedisTopology;
  /** The `iss` of every token. */
  readonly publicUrl: string;
  readonly keys: ServiceKeyGenerations;
  readonly keyRing: KeyRing;
  readonly concurrency: number;
  readonly shutdownSeconds: number;
  readonly logLevel: string;
}

const variables = {
  ...sharedVariables,
  ADMIN_PORT: integerVariable(0, 65_535).default(3002),
  PORT: integerVariable(0, 65_535).default(3000),
  SIGNING_KEY_FILES: listVariable.optional(),
  ISSUER_CONCURRENCY: integerVariable(1, 1_000).default(64),
  DEVICE_CODE_TTL_SECONDS: integerVariable(1, 86_400).default(900),
  SHUTDOWN_SECONDS: integerVariable(1, 600).default(20),
};

const requiredInProduction = {
  SECRET: 'it is the same value as at the api',
  PUBLIC_URL: 'it is the same value as at the api, and the "iss" of tokens',
  SIGNING_KEY_FILES:
    'make a key with: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out signing-key.pem',
};

/** Parses the issuer's configuration and reads its signing keys. Throws `ConfigError` with every problem at once. */
export function parseConfig(env: Env): IssuerConfig {
  const values = parseEnv(env, variables, requiredInProduction);
  const problems: string[] = [];
  const collect = <T>(variable: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'not usable';
      problems.push(reason.startsWith('REDIS_') ? reason : `${variable}: ${reason}`);
      return undefined;
    }
  };
  const redis = collect('REDIS_URL', () => parseTopology(values));
  if (problems.length > 0) throw new ConfigError(problems);
  const keyRing = collect('SIGNING_KEY_FILES', () =>
    readKeyRing(
      values.SIGNING_KEY_FILES?.map(readKeyFile) ?? [
        keepDevelopmentFile(values.DATA_DIR, 'signing-key.pem', newSigningKey),
      ],
    ),
  );
  if (!redis || !keyRing) throw new ConfigError(problems);
  const secret = values.SECRET ?? keepDevelopmentSecret(values.DATA_DIR);
  return Object.freeze({
    adminPort: values.ADMIN_PORT,
    redis,
    publicUrl: values.PUBLIC_URL ?? `http://localhost:${values.PORT}`,
    keys: deriveServiceKeys(secret, values.SECRET_PREVIOUS),
    keyRing,
    concurrency: values.ISSUER_CONCURRENCY,
    shutdownSeconds: values.SHUTDOWN_SECONDS,
    logLevel: values.LOG_LEVEL,
  });
}

function readKeyFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`${file} cannot be read`, { cause });
  }
}

const newSigningKey = () =>
  generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey;
