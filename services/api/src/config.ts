import type { SessionLifetimes } from '@ravi/accounts';
import { type Lifetimes, readLifetimes } from '@ravi/credentials';
import { parseTopology, type RedisTopology } from '@ravi/redis';
import {
  type AgreedSettings,
  agreedSettings,
  ConfigError,
  deriveServiceKeys,
  type Env,
  keepDevelopmentSecret,
  plainTextProblem,
  presentVariables,
  readEntries,
  readSettings,
  type Secret,
  secretVariable,
  type ServiceKeyGenerations,
} from '@ravi/runtime';
import type { BlockList } from 'node:net';
import { z } from 'zod';
import type { NumberMatchingPolicy } from './login/number-matching-policy.ts';
import { scopeDescriptionList, type ScopeDescriptions } from './login/pages/scope-descriptions.ts';
import type { PasswordLengths } from './people/password-policy.ts';
import { type OidcProviderConfig, parseProviders } from './people/provider-config.ts';
import { type OAuthClient, registeredClients } from './tokens/clients.ts';
import { readBrand } from './pages/brand/brand.ts';
import { type Look, lookOf } from './pages/look.ts';
import { readPageTexts } from './pages/texts/page-texts-file.ts';
import { registeredResourceServers, type ResourceServer } from './tokens/resource-servers.ts';
import { apiSettings, providerSettings } from './settings.ts';

/** The api's whole configuration, validated and frozen. */
export interface ApiConfig {
  readonly production: boolean;
  readonly port: number;
  /** The address on which the public port listens; null for all. */
  readonly bindAddress: string | null;
  readonly adminPort: number;
  readonly adminBindAddress: string | null;
  readonly keepAliveSeconds: number;
  /** The file that the process writes once it is ready; null for none. */
  readonly readyFile: string | null;
  readonly redisTopology: RedisTopology;
  /** How many replicas must have a record before anybody relies on it. */
  readonly recordsReplicas: number;
  /** The origin that people and programs use, with which `verification_uri` starts. */
  readonly publicUrl: string;
  readonly keys: ServiceKeyGenerations;
  /** The settings on which all processes must agree. */
  readonly agreed: AgreedSettings;
  readonly deviceCodeTtlSeconds: number;
  readonly pollIntervalSeconds: number;
  /** Over how many queues logins are spread. */
  readonly queues: number;
  readonly longPollDefaultSeconds: number;
  readonly longPollMaxSeconds: number;
  readonly maxHeldWaits: number;
  readonly recheckSeconds: number;
  /** The domains of identities' addresses; generated ones are under the first. */
  readonly identityEmailDomains: readonly [string, ...string[]];
  /** Whether people may have an account with e-mail and password here. */
  readonly embeddedAccounts: boolean;
  /** The shortest new passwords, in characters. */
  readonly passwordLengths: PasswordLengths;
  /** Whether nobody approves with a password alone. */
  readonly requireSecondFactor: boolean;
  readonly reauthenticateAfterSeconds: number;
  readonly oidcProviders: readonly OidcProviderConfig[];
  /** What all pages have in common: the operator's brand and languages. */
  readonly look: Look;
  readonly trustedProxyHops: number;
  /** The lower-case name of the header in which the proxy says the country; null for none. */
  readonly locationHeader: string | null;
  readonly rateLimits: boolean;
  readonly maxPendingLogins: number;
  readonly maxPendingPerAddress: number;
  readonly deviceLogin: boolean;
  /** The networks from which logins may start; null for all. */
  readonly startNetworks: BlockList | null;
  readonly wrongCodesPerAddress: number;
  readonly writesPerCredential: number;
  readonly writesPerAccount: number;
  readonly wrongCodesAlarm: number;
  readonly numberMatching: NumberMatchingPolicy;
  readonly registeredClients: readonly OAuthClient[] | 'any';
  /** What people are told of each scope. */
  readonly scopeDescriptions: ScopeDescriptions;
  readonly registeredResourceServers: readonly ResourceServer[];
  /** Between unreadiness and the closed port. */
  readonly shutdownDelaySeconds: number;
  readonly shutdownSeconds: number;
  readonly lifetimes: Lifetimes;
  readonly sessionLifetimes: SessionLifetimes;
  /** Whether the issuers send e-mail. */
  readonly mail: boolean;
  readonly auditEnabled: boolean;
  readonly auditMaxEvents: number;
  readonly auditMaxPerAccount: number;
  readonly logLevel: string;
  /** The collector of traces, if there is one, and the share of logins that are traced. */
  readonly traces: { readonly endpoint: string | undefined; readonly ratio: number };
}

/** Parses the api's configuration. Throws `ConfigError` with every problem at once. */
export function parseConfig(env: Env): ApiConfig {
  const { values, problems } = readSettings(env, apiSettings, providerNames(env));
  const production = values.NODE_ENV === 'production';
  const publicUrl = values.PUBLIC_URL ?? `http://localhost:${values.PORT}`;
  const plainText = plainTextProblem(production, publicUrl);
  if (plainText !== null) problems.push(plainText);
  if (values.PORT === 0 && !values.PUBLIC_URL) {
    problems.push('PUBLIC_URL: must be set if PORT is 0, since the port is known only once the api listens');
  }
  const oidc = parseProviders(env, values.OIDC_PROVIDERS ?? []);
  problems.push(...oidc.problems);
  if (!values.EMBEDDED_ACCOUNTS && values.OIDC_PROVIDERS === undefined) {
    problems.push(
      'EMBEDDED_ACCOUNTS: must be "on" while OIDC_PROVIDERS is empty; otherwise nobody could sign in',
    );
  }
  const { brand, problems: brandProblems } = readBrand(values);
  const texts = values.TEXTS_FILE === undefined ? undefined : readPageTexts(values.TEXTS_FILE);
  problems.push(...brandProblems, ...(texts?.problems ?? []).map((problem) => `TEXTS_FILE: ${problem}`));
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
  const oauthClients = collect(() => readOAuthClients(values.OAUTH_CLIENTS ?? (production ? '[]' : 'any')));
  const resourceServers = collect(() => readResourceServers(values.RESOURCE_SERVERS, production));
  const scopeDescriptions = collect(() => readScopeDescriptions(values.SCOPE_DESCRIPTIONS));
  if (values.LOCATION_HEADER !== undefined && values.TRUSTED_PROXY_HOPS === 0) {
    problems.push(
      'LOCATION_HEADER: needs TRUSTED_PROXY_HOPS, since without a proxy anybody can send the header',
    );
  }
  if (problems.length > 0 || !redis || !oauthClients || !resourceServers || !scopeDescriptions)
    throw new ConfigError(problems);
  const identityEmailDomains: ApiConfig['identityEmailDomains'] = values.IDENTITY_EMAIL_DOMAIN ?? [
    'agents.localhost',
  ];
  const secret = values.SECRET ?? keepDevelopmentSecret(values.DATA_DIR);
  const keys = deriveServiceKeys(secret, values.SECRET_PREVIOUS, values.SECRET_NEXT);
  return Object.freeze({
    production,
    port: values.PORT,
    bindAddress: values.BIND_ADDRESS ?? null,
    adminPort: values.ADMIN_PORT,
    adminBindAddress: values.ADMIN_BIND_ADDRESS ?? null,
    keepAliveSeconds: values.KEEP_ALIVE_SECONDS,
    readyFile: values.READY_FILE ?? null,
    redisTopology: redis,
    recordsReplicas: values.RECORDS_REPLICAS,
    publicUrl,
    keys,
    agreed: agreedSettings({ values, publicUrl, keys, mayDiffer: values.SETTINGS_MAY_DIFFER ?? [] }),
    deviceCodeTtlSeconds: values.DEVICE_CODE_TTL_SECONDS,
    pollIntervalSeconds: values.POLL_INTERVAL_SECONDS,
    queues: values.ISSUANCE_QUEUES,
    longPollDefaultSeconds: values.LONG_POLL_DEFAULT_SECONDS,
    longPollMaxSeconds: values.LONG_POLL_MAX_SECONDS,
    maxHeldWaits: values.MAX_HELD_WAITS,
    recheckSeconds: values.RECHECK_SECONDS,
    identityEmailDomains,
    embeddedAccounts: values.EMBEDDED_ACCOUNTS,
    passwordLengths: {
      alone: values.PASSWORD_MIN_LENGTH,
      withSecondFactor: values.PASSWORD_MIN_LENGTH_WITH_SECOND_FACTOR,
    },
    requireSecondFactor: values.REQUIRE_SECOND_FACTOR,
    reauthenticateAfterSeconds: values.REAUTHENTICATE_AFTER_SECONDS,
    oidcProviders: oidc.providers,
    look: lookOf({
      brand,
      ...(texts && { languages: texts.languages }),
      passwords: values.EMBEDDED_ACCOUNTS,
      images: oidc.providers.flatMap(({ mark }) => (mark === null ? [] : [mark])),
    }),
    trustedProxyHops: values.TRUSTED_PROXY_HOPS,
    locationHeader: values.LOCATION_HEADER ?? null,
    rateLimits: values.RATE_LIMITS,
    maxPendingLogins: values.MAX_PENDING_LOGINS,
    maxPendingPerAddress: values.MAX_PENDING_PER_ADDRESS,
    deviceLogin: values.DEVICE_LOGIN,
    startNetworks: values.START_NETWORKS ?? null,
    wrongCodesPerAddress: values.WRONG_CODES_PER_ADDRESS,
    writesPerCredential: values.WRITES_PER_CREDENTIAL,
    writesPerAccount: values.WRITES_PER_ACCOUNT,
    wrongCodesAlarm: values.WRONG_CODES_ALARM,
    numberMatching: values.NUMBER_MATCHING,
    registeredClients: oauthClients,
    scopeDescriptions,
    registeredResourceServers: resourceServers,
    shutdownDelaySeconds: values.SHUTDOWN_DELAY_SECONDS,
    shutdownSeconds: values.SHUTDOWN_SECONDS,
    lifetimes: readLifetimes(values),
    sessionLifetimes: { idleSeconds: values.SESSION_IDLE_SECONDS, maxSeconds: values.SESSION_MAX_SECONDS },
    mail: values.SMTP_URL !== undefined,
    auditEnabled: values.AUDIT,
    auditMaxEvents: values.AUDIT_MAX_EVENTS,
    auditMaxPerAccount: values.AUDIT_MAX_PER_ACCOUNT,
    logLevel: values.LOG_LEVEL,
    traces: { endpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT, ratio: values.OTEL_TRACES_SAMPLER_ARG },
  });
}

/** `any`, or the clients in a JSON file or a JSON text. */
function readOAuthClients(value: string): readonly OAuthClient[] | 'any' {
  if (value === 'any') return value;
  return readEntries('OAUTH_CLIENTS', value, registeredClients, '"any", JSON, or the name of a JSON file');
}

/** What people are told of scopes, in a JSON file or a JSON text. */
function readScopeDescriptions(value: string | undefined): ScopeDescriptions {
  if (value === undefined) return {};
  return readEntries('SCOPE_DESCRIPTIONS', value, scopeDescriptionList, 'JSON, or the name of a JSON file');
}

/** The resource servers in a JSON file or a JSON text; in production a plain secret must have 32 bytes. */
function readResourceServers(value: Secret | undefined, production: boolean): readonly ResourceServer[] {
  const secret = production ? secretVariable.transform((good) => good.reveal()) : z.string().min(1);
  return value ? readEntries('RESOURCE_SERVERS', value.reveal(), registeredResourceServers(secret)) : [];
}

/** The names of the settings of all providers: those in `OIDC_PROVIDERS`, and those that are set without being listed. */
function providerNames(env: Env) {
  const listed = (env['OIDC_PROVIDERS'] ?? '').split(',').map((id) => `OIDC_${id.trim().toUpperCase()}_`);
  const set = [...presentVariables(env).keys()].flatMap(
    (name) => /^(OIDC_[A-Z0-9]+_)ISSUER$/.exec(name)?.[1] ?? [],
  );
  const members = Object.keys(providerSettings);
  return {
    names: [...new Set([...listed, ...set])].flatMap((prefix) => members.map((member) => prefix + member)),
    ownPrefixes: listed.filter((prefix) => /^OIDC_[A-Z0-9]+_$/.test(prefix)),
  };
}
