import { type Lifetimes, readLifetimes } from '@ravi/credentials';
import { generateSigningKey } from '@ravi/credentials/signing';
import { parseTopology, type RedisTopology } from '@ravi/redis';
import {
  type AgreedSettings,
  agreedSettings,
  ConfigError,
  deriveServiceKeys,
  type Env,
  keepDevelopmentFile,
  keepDevelopmentSecret,
  plainTextProblem,
  readSettings,
  type ServiceKeyGenerations,
  type SettingValues,
} from '@ravi/runtime';
import type { DeliverySettings } from './deliveries/deliveries.ts';
import { mailFooter } from './deliveries/mail/mail-footer.ts';
import {
  type MailLanguages,
  readMailTexts,
  shippedMailLanguages,
} from './deliveries/mail/texts/mail-texts-for.ts';
import { issuerSettings } from './settings.ts';
import { hasKeyFiles, type KeySources, readKeySources } from './signing-keys/key-sources.ts';
import { keySources } from './signing-keys/named-sources.ts';

/** The issuer's whole configuration, validated and frozen. */
export interface IssuerConfig {
  readonly production: boolean;
  readonly adminPort: number;
  /** The address on which the admin port listens; null for all. */
  readonly adminBindAddress: string | null;
  /** The file that the process writes once it is ready; null for none. */
  readonly readyFile: string | null;
  readonly redis: RedisTopology;
  /** The `iss` of every token. */
  readonly publicUrl: string;
  readonly keys: ServiceKeyGenerations;
  /** The settings on which all processes must agree. */
  readonly agreed: AgreedSettings;
  readonly keySources: KeySources;
  readonly concurrency: number;
  /** Over how many queues logins are spread. */
  readonly queues: number;
  readonly deliveries: DeliverySettings;
  readonly shutdownSeconds: number;
  readonly lifetimes: Lifetimes;
  readonly refreshGraceSeconds: number;
  readonly audit: boolean;
  readonly auditMaxEvents: number;
  readonly auditMaxPerAccount: number;
  readonly logLevel: string;
  /** The collector of traces, if there is one, and the share of logins that are traced. */
  readonly traces: { readonly endpoint: string | undefined; readonly ratio: number };
}

/** Parses the issuer's configuration and reads its signing keys. Throws `ConfigError` with every problem at once. */
export function parseConfig(env: Env): IssuerConfig {
  const { values, problems } = readSettings(env, issuerSettings);
  const collect = <T>(variable: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'not usable';
      problems.push(reason.startsWith('REDIS_') ? reason : `${variable}: ${reason}`);
      return undefined;
    }
  };
  const production = values.NODE_ENV === 'production';
  const publicUrl = values.PUBLIC_URL ?? `http://localhost:${values.PORT}`;
  const plainText = plainTextProblem(production, publicUrl);
  if (plainText !== null) problems.push(plainText);
  if (values.PORT === 0 && !values.PUBLIC_URL) {
    problems.push('PUBLIC_URL: must be set if PORT is 0, to the same value as at the api');
  }
  problems.push(...missingForDeliveries(values));
  const texts = values.TEXTS_FILE === undefined ? null : readMailTexts(values.TEXTS_FILE);
  problems.push(...(texts?.problems ?? []).map((problem) => `TEXTS_FILE: ${problem}`));
  const redis = collect('REDIS_URL', () => parseTopology(values));
  const sources = keySources(values);
  const { directory, directoryFrom } = sources;
  if (directory !== null && directoryFrom === 'DATA_DIR') {
    // While another setting is wrong, no development key is made.
    if (problems.length === 0) collect(directoryFrom, () => keepDevelopmentKey(directory));
    if (problems.length > 0) throw new ConfigError(problems);
  }
  problems.push(...readKeySources(sources).problems);
  if (problems.length > 0 || !redis) throw new ConfigError(problems);
  const secret = values.SECRET ?? keepDevelopmentSecret(values.DATA_DIR);
  const serviceKeys = deriveServiceKeys(secret, values.SECRET_PREVIOUS, values.SECRET_NEXT);
  const mayDiffer = values.SETTINGS_MAY_DIFFER ?? [];
  return Object.freeze({
    production,
    adminPort: values.ADMIN_PORT,
    adminBindAddress: values.ADMIN_BIND_ADDRESS ?? null,
    readyFile: values.READY_FILE ?? null,
    redis,
    publicUrl,
    keys: serviceKeys,
    agreed: agreedSettings({ values, publicUrl, keys: serviceKeys, mayDiffer }),
    keySources: sources,
    concurrency: values.ISSUER_CONCURRENCY,
    queues: values.ISSUANCE_QUEUES,
    deliveries: deliverySettings(values, texts?.languages ?? shippedMailLanguages),
    shutdownSeconds: values.SHUTDOWN_SECONDS,
    lifetimes: readLifetimes(values),
    refreshGraceSeconds: values.REFRESH_GRACE_SECONDS,
    audit: values.AUDIT,
    auditMaxEvents: values.AUDIT_MAX_EVENTS,
    auditMaxPerAccount: values.AUDIT_MAX_PER_ACCOUNT,
    logLevel: values.LOG_LEVEL,
    traces: { endpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT, ratio: values.OTEL_TRACES_SAMPLER_ARG },
  });
}

function keepDevelopmentKey(directory: string): void {
  if (!hasKeyFiles(directory)) keepDevelopmentFile(directory, 'first.pem', generateSigningKey);
}

type Values = SettingValues<typeof issuerSettings>;

/** The missing settings without which others are useless. */
function missingForDeliveries(values: Values): readonly string[] {
  const problems: string[] = [];
  if (values.WEBHOOK_URL !== undefined) {
    if (!values.WEBHOOK_SECRET) problems.push('WEBHOOK_SECRET: must be set with WEBHOOK_URL');
    if (!values.AUDIT) problems.push('AUDIT: must be "on" with WEBHOOK_URL');
  }
  if (values.SMTP_URL && values.MAIL_FROM === undefined) {
    problems.push('MAIL_FROM: must be set with SMTP_URL');
  }
  return problems;
}

function deliverySettings(values: Values, languages: MailLanguages): DeliverySettings {
  const { WEBHOOK_URL: url, WEBHOOK_SECRET: secrets, WEBHOOK_EVENTS: events = null } = values;
  const { SMTP_URL: smtpUrl, MAIL_FROM: from } = values;
  const footer = mailFooter(values.BRAND_NAME, values.SUPPORT_URL, values.IMPRINT_URL);
  return {
    webhook: url !== undefined && secrets ? { url, secrets, events } : null,
    mail: smtpUrl && from !== undefined ? { url: smtpUrl, from, footer, languages } : null,
  };
}
