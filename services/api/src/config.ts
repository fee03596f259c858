import { parseTopology, type RedisTopology } from '@ravi/redis';
import {
  ConfigError,
  deriveServiceKeys,
  type Env,
  integerVariable,
  keepDevelopmentSecret,
  listVariable,
  readEnv,
  secretVariable,
  type ServiceKeyGenerations,
  sharedVariables,
  switchVariable,
} from '@ravi/runtime';
import type { BlockList } from 'node:net';
import { z } from 'zod';
import { parseNetworks } from './limits/start-admission.ts';
import { numberMatchingPolicies, type NumberMatchingPolicy } from './login/number-matching.ts';
import { type OidcProviderConfig, parseProviders } from './people/provider-config.ts';
import { type OAuthClient, registeredClients } from './tokens/clients.ts';
import { registeredResourceServers, type ResourceServer } from './tokens/resource-servers.ts';
import { readEntries } from './read-entries.ts';

/** Everything that the api can be told, validated and frozen. */
export interface ApiConfig {
  readonly port: number;
  readonly adminPort: number;
  /** Where the process tells that it is ready; null for nowhere. */
  readonly readyFile: string | null;
  readonly redisTopology: RedisTopology;
  /** The origin that humans and programs use: what `verification_uri` starts with. */
  readonly publicUrl: string;
  readonly keys: ServiceKeyGenerations;
  readonly deviceCodeTtlSeconds: number;
  readonly pollIntervalSeconds: number;
  readonly longPollMaxSeconds: number;
  readonly maxHeldWaits: number;
  readonly recheckSeconds: number;
  /** The domains of identities' addresses; generated ones are under the first. */
  readonly identityEmailDomains: readonly [string, ...string[]];
  /** Whether people may have an account here, with e-mail and password. */
  readonly embeddedAccounts: boolean;
  readonly oidcProviders: readonly OidcProviderConfig[];
  readonly trustedProxyHops: number;
  readonly rateLimits: boolean;
  readonly maxPendingLogins: number;
  readonly maxPendingPerAddress: number;
  readonly deviceLogin: boolean;
  /** The networks from which logins may start; null for all. */
  readonly startNetworks: BlockList | null;
  readonly wrongCodesPerAddress: number;
  readonly wrongCodesAlarm: number;
  readonly numberMatching: NumberMatchingPolicy;
  readonly registeredClients: readonly OAuthClient[] | 'any';
  readonly registeredResourceServers: readonly ResourceServer[];
  readonly shutdownSeconds: number;
  readonly auditEnabled: boolean;
  readonly auditMaxEvents: number;
  readonly logLevel: string;
}

const variables = {
  ...sharedVariables,
  PORT: integerVariable(0, 65_535).default(3000),
  ADMIN_PORT: integerVariable(0, 65_535).default(3001),
  DEVICE_CODE_TTL_SECONDS: integerVariable(1, 86_400).default(900),
  POLL_INTERVAL_SECONDS: integerVariable(1, 60).default(5),
  LONG_POLL_MAX_SECONDS: integerVariable(1, 900).default(120),
  MAX_HELD_WAITS: integerVariable(0, 1_000_000).default(50_000),
  RECHECK_SECONDS: integerVariable(1, 600).default(30),
  IDENTITY_EMAIL_DOMAIN: listVariable
    .pipe(
      z.array(z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'must be a domain such as agents.example.com')),
    )
    .optional(),
  EMBEDDED_ACCOUNTS: switchVariable.default(true),
  OIDC_PROVIDERS: listVariable.default([]),
  TRUSTED_PROXY_HOPS: integerVariable(0, 10).default(0),
  RATE_LIMITS: switchVariable.default(true),
  MAX_PENDING_LOGINS: integerVariable(1, 100_000_000).default(500_000),
  MAX_PENDING_PER_ADDRESS: integerVariable(1, 100_000_000).default(300),
  DEVICE_LOGIN: switchVariable.default(true),
  START_NETWORKS: listVariable.optional(),
  WRONG_CODES_PER_ADDRESS: integerVariable(1, 10_000).default(5),
  WRONG_CODES_ALARM: integerVariable(1, 1_000_000).default(100),
  NUMBER_MATCHING: z
    .enum(numberMatchingPolicies, { error: 'must be "off", "other-network" or "always"' })
    .default('off'),
  OAUTH_CLIENTS: z.string().optional(),
  RESOURCE_SERVERS: z.string().optional(),
  SHUTDOWN_SECONDS: integerVariable(1, 600).default(20),
};

const requiredInProduction = {
  SECRET: 'make one with: openssl rand -base64 48',
  PUBLIC_URL: 'it is the origin that people open, such as https://login.example.com',
  IDENTITY_EMAIL_DOMAIN: 'it is the domain of the addresses that new identities get',
};

/** Parses the api's configuration. Throws `ConfigError` with every problem at once. */
export function parseConfig(env: Env): ApiConfig {
  const { values, problems } = readEnv(env, variables, requiredInProduction);
  const production = values.NODE_ENV === 'production';
  const publicUrl = values.PUBLIC_URL ?? `http://localhost:${values.PORT}`;
  if (production && !publicUrl.startsWith('https://') && !isLoopback(publicUrl)) {
    problems.push('PUBLIC_URL: must start with https:// in production, unless it names this machine');
  }
  if (values.PORT === 0 && !values.PUBLIC_URL) {
    problems.push(
      'PUBLIC_URL: must be set where PORT is 0, since the port is known only once the api listens',
    );
  }
  const oidc = parseProviders(env, values.OIDC_PROVIDERS);
  problems.push(...oidc.problems);
  if (!values.EMBEDDED_ACCOUNTS && values.OIDC_PROVIDERS.length === 0) {
    problems.push('EMBEDDED_ACCOUNTS: is off, and OIDC_PROVIDERS names no provider: nobody could sign in');
  }
  const collect = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (error instanceof ConfigError) problems.push(...error.problems);
      else problems.push(error instanceof Error ? error.message : 'not usable');
      return undefined;
    }
  };
  const redis = collect(() => parseTopology(values));
  const clients = collect(() => readOAuthClients(values.OAUTH_CLIENTS ?? (production ? '[]' : 'any')));
  const resourceServers = collect(() => readResourceServers(values.RESOURCE_SERVERS ?? '[]', production));
  let startNetworks: BlockList | null = null;
  try {
    if (values.START_NETWORKS) startNetworks = parseNetworks(values.START_NETWORKS);
  } catch (error) {
    problems.push(`START_NETWORKS: ${error instanceof Error ? error.message : 'not usable'}`);
  }
  if (problems.length > 0 || !redis || !clients || !resourceServers) throw new ConfigError(problems);
  const [firstDomain = 'agents.localhost', ...moreDomains] = values.IDENTITY_EMAIL_DOMAIN ?? [];
  const identityEmailDomains: ApiConfig['identityEmailDomains'] = [firstDomain, ...moreDomains];
  const secret = values.SECRET ?? keepDevelopmentSecret(values.DATA_DIR);
  return Object.freeze({
    port: values.PORT,
    adminPort: values.ADMIN_PORT,
    readyFile: values.READY_FILE ?? null,
    redisTopology: redis,
    publicUrl,
    keys: deriveServiceKeys(secret, values.SECRET_PREVIOUS),
    deviceCodeTtlSeconds: values.DEVICE_CODE_TTL_SECONDS,
    pollIntervalSeconds: values.POLL_INTERVAL_SECONDS,
    longPollMaxSeconds: values.LONG_POLL_MAX_SECONDS,
    maxHeldWaits: values.MAX_HELD_WAITS,
    recheckSeconds: values.RECHECK_SECONDS,
    identityEmailDomains,
    embeddedAccounts: values.EMBEDDED_ACCOUNTS,
    oidcProviders: oidc.providers,
    trustedProxyHops: values.TRUSTED_PROXY_HOPS,
    rateLimits: values.RATE_LIMITS,
    maxPendingLogins: values.MAX_PENDING_LOGINS,
    maxPendingPerAddress: values.MAX_PENDING_PER_ADDRESS,
    deviceLogin: values.DEVICE_LOGIN,
    startNetworks,
    wrongCodesPerAddress: values.WRONG_CODES_PER_ADDRESS,
    wrongCodesAlarm: values.WRONG_CODES_ALARM,
    numberMatching: values.NUMBER_MATCHING,
    registeredClients: clients,
    registeredResourceServers: resourceServers,
    shutdownSeconds: values.SHUTDOWN_SECONDS,
    auditEnabled: values.AUDIT,
    auditMaxEvents: values.AUDIT_MAX_EVENTS,
    logLevel: values.LOG_LEVEL,
  });
}

/** `any`, or the clients in a JSON file or a JSON text. */
function readOAuthClients(value: string): readonly OAuthClient[] | 'any' {
  return value === 'any' ? value : readEntries('OAUTH_CLIENTS', value, registeredClients);
}

/** The resource servers in a JSON file or a JSON text; a plain secret must be a good one in production. */
function readResourceServers(value: string, production: boolean): readonly ResourceServer[] {
  const secret = production ? secretVariable.transform((good) => good.reveal()) : z.string().min(1);
  return readEntries('RESOURCE_SERVERS', value, registeredResourceServers(secret));
}

const isLoopback = (origin: string) => ['localhost', '127.0.0.1', '[::1]'].includes(new URL(origin).hostname);
