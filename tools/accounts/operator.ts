import { AccountDirectory, AccountStore, AccountTraces, ResetLinks, SessionStore } from '@ravi/accounts';
import { type AuditEvent, AuditReader, noteNow } from '@ravi/audit';
import { ApiKeyStore, GrantStore } from '@ravi/credentials';
import { ConfirmedWrites, type RedisClient, unconfirmedWrites } from '@ravi/redis';
import type { Clock } from '@ravi/runtime';
import type { AccountsToolConfig } from './config.ts';

/** The stores that an operator's commands work on, and how they note what they do. */
export interface Operator {
  readonly redis: RedisClient;
  readonly accounts: AccountStore;
  readonly directory: AccountDirectory;
  readonly traces: AccountTraces;
  readonly resetLinks: ResetLinks;
  readonly sessions: SessionStore;
  readonly grants: GrantStore;
  readonly apiKeys: ApiKeyStore;
  readonly auditReader: AuditReader;
  readonly clock: Clock;
  readonly publicUrl: string;
  /** What all keys begin with; empty but in tests. */
  readonly prefix: string;
  /** Who it is, for the audit log. */
  readonly by: string;
  /** Resolves once the event is in the audit log. Rejects when Redis is away. */
  readonly note: (event: AuditEvent) => Promise<void>;
}

/** Puts together what the commands work on. */
export function createOperator(
  redis: RedisClient,
  config: Omit<AccountsToolConfig, 'redis'>,
  by: string,
  clock: Clock,
  prefix = '',
): Operator {
  const { recordsReplicas: replicas } = config;
  const writes =
    replicas > 0
      ? new ConfirmedWrites({ redis, replicas, onUnreplicated: () => undefined })
      : unconfirmedWrites(redis);
  const accounts = new AccountStore(redis, prefix, writes);
  const kept = { prefix, idleMs: config.programIdleMs, writes };
  return {
    redis,
    accounts,
    directory: new AccountDirectory(redis, prefix),
    traces: new AccountTraces(redis, prefix),
    resetLinks: new ResetLinks(redis, accounts, prefix, writes),
    // It only lists sessions, whatever their lifetimes.
    sessions: new SessionStore(redis, { idleSeconds: 1, maxSeconds: 1 }, prefix),
    grants: new GrantStore(redis, kept),
    apiKeys: new ApiKeyStore(redis, kept),
    auditReader: new AuditReader(redis, prefix),
    clock,
    publicUrl: config.publicUrl,
    prefix,
    by,
    note: async (event) => {
      if (!config.auditEnabled) return;
      await noteNow(redis, event, { maxEvents: config.auditMaxEvents, nowMs: clock.nowMs(), prefix });
    },
  };
}
