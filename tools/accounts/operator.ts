import {
  type Account,
  AccountDirectory,
  AccountStore,
  AccountTraces,
  FactorStore,
  LinkedAccounts,
  OpenDeletions,
  ResetLinks,
  SessionStore,
  SignInUndos,
} from '@ravi/accounts';
import { type AuditEvent, AuditReader, noteNow } from '@ravi/audit';
import type { NoticeMailKind } from '@ravi/contract';
import { ApiKeyStore, GrantStore } from '@ravi/credentials';
import { ConfirmedWrites, type RedisClient, unconfirmedWrites } from '@ravi/redis';
import type { Clock, ServiceKeyGenerations } from '@ravi/runtime';
import type { AccountsToolConfig } from './config.ts';
import { tellPerson } from './tell-person.ts';

/** The stores that an operator's commands work on, and how they note what they do. */
export interface Operator {
  readonly redis: RedisClient;
  readonly accounts: AccountStore;
  readonly directory: AccountDirectory;
  readonly traces: AccountTraces;
  readonly deletions: OpenDeletions;
  readonly resetLinks: ResetLinks;
  readonly factors: FactorStore;
  readonly undos: SignInUndos;
  readonly linked: LinkedAccounts;
  readonly sessions: SessionStore;
  readonly grants: GrantStore;
  readonly apiKeys: ApiKeyStore;
  readonly auditReader: AuditReader;
  readonly clock: Clock;
  readonly publicUrl: string;
  /** Null where no SECRET is set. */
  readonly keys: ServiceKeyGenerations | null;
  /** The prefix of all Redis keys; empty except in tests. */
  readonly prefix: string;
  /** Who it is, for the audit log. */
  readonly by: string;
  /** Resolves once the event is in the audit log. Rejects when Redis is away. */
  readonly note: (event: AuditEvent) => Promise<void>;
  /** Has the person told by mail; false where no mail is sent, nobody confirmed the address, or Redis is full. */
  readonly tell: (account: Account, kind: NoticeMailKind) => Promise<boolean>;
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
    deletions: new OpenDeletions(redis, prefix),
    factors: new FactorStore(redis, prefix, writes),
    undos: new SignInUndos(redis, prefix, writes),
    linked: new LinkedAccounts(redis, accounts, prefix, writes),
    resetLinks: new ResetLinks(redis, accounts, prefix, writes),
    // It only lists sessions, so their lifetimes do not matter.
    sessions: new SessionStore(redis, { idleSeconds: 1, maxSeconds: 1 }, prefix, writes),
    grants: new GrantStore(redis, kept),
    apiKeys: new ApiKeyStore(redis, kept),
    auditReader: new AuditReader(redis, prefix),
    clock,
    publicUrl: config.publicUrl,
    keys: config.keys,
    prefix,
    by,
    tell: async (account, kind) => config.mail && tellPerson(redis, account, kind, clock.nowMs()),
    note: async (event) => {
      if (!config.auditEnabled) return;
      await noteNow(redis, event, { nowMs: clock.nowMs(), prefix });
    },
  };
}
