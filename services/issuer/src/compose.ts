import { AccountStore } from '@ravi/accounts';
import { AuditLog } from '@ravi/audit';
import { GrantStore, MintStore } from '@ravi/credentials';
import { LoginStore } from '@ravi/device-login';
import type { RedisClient } from '@ravi/redis';
import type { Clock } from '@ravi/runtime';
import type { Logger, Registry, Tracing } from '@ravi/telemetry';
import { publishWakeup, wakeupChannelForScripts } from '@ravi/wakeups';
import type { IssuerConfig } from './config.ts';
import { type Deliveries, startDeliveries } from './deliveries/deliveries.ts';
import { issue } from './issue-login.ts';
import { createIssuerMetrics } from './metrics.ts';
import { mint } from './serve-mint-request.ts';
import { ServedQueues } from './served-queues.ts';
import type { SigningKeys } from './signing-keys/signing-keys.ts';

export interface IssuingDeps {
  readonly commands: RedisClient;
  readonly worker: RedisClient;
  /** Opens a further connection for blocking reads. */
  readonly connectWebhook: () => RedisClient;
  readonly signingKeys: SigningKeys;
  readonly instance: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
  /** Null where nothing is traced. */
  readonly tracing: Tracing | null;
  /** Redis could not serve something, with this error. */
  readonly onUnavailable: (error: unknown) => void;
}

/** What issues and delivers. */
export interface Issuing {
  /** Serves no queue yet. */
  readonly queues: ServedQueues;
  readonly deliveries: Deliveries;
  readonly audit: AuditLog;
}

/** Composes what the jobs of the queues need, and starts the deliveries. */
export async function startIssuing(config: IssuerConfig, deps: IssuingDeps): Promise<Issuing> {
  const { commands, worker, signingKeys, instance, clock, logger, registry, tracing, onUnavailable } = deps;
  const { lifetimes, publicUrl } = config;
  const metrics = createIssuerMetrics(registry);
  const audit = new AuditLog({
    redis: commands,
    enabled: config.audit,
    maxEvents: config.auditMaxEvents,
    maxPerAccount: config.auditMaxPerAccount,
    clock,
    logger,
    registry,
  });
  const minting = {
    wakeupChannel: wakeupChannelForScripts(commands),
    signingKey: signingKeys.current,
    serviceKeys: config.keys,
    issuer: publicUrl,
    lifetimes,
    clock,
  };
  const accounts = new AccountStore(commands);
  const grants = new GrantStore(commands);
  const deliveries = await startDeliveries({
    settings: config.deliveries,
    commands,
    worker,
    connect: deps.connectWebhook,
    accounts,
    grants,
    lifetimes,
    clock,
    publicUrl,
    logger,
    registry,
  });
  const issueDeps = { ...minting, audit, logins: new LoginStore(commands) };
  const mintDeps = {
    ...minting,
    mints: new MintStore(commands),
    grants,
    refreshGraceMs: config.refreshGraceSeconds * 1000,
  };
  const queues = new ServedQueues({
    commands,
    instance,
    onProbeFailure: onUnavailable,
    connection: worker,
    concurrency: config.concurrency,
    logger,
    issuing: () => {
      const withOwners = { ...issueDeps, owners: accounts.readOnce() };
      return (loginId, userId) => issue(withOwners, loginId, userId);
    },
    onIssued: (loginId, login) => deliveries.approved(loginId, login),
    mint: (mintId) => mint(mintDeps, mintId),
    wake: (waiter, id) => publishWakeup(commands, waiter, id),
    onOutcome: (outcome) => metrics.outcome(outcome),
    onRetry: (error) => {
      metrics.retried();
      onUnavailable(error);
    },
    tracing,
  });
  return { queues, deliveries, audit };
}
