import { AccountLinks, type AccountStore, EmailMoves, ResetLinks, SignInUndos } from '@ravi/accounts';
import type { AuditEventName, AuditRecord } from '@ravi/audit';
import { mailQueueName } from '@ravi/contract';
import type { GrantStore, Lifetimes } from '@ravi/credentials';
import type { ApprovedLogin, LoginId } from '@ravi/device-login';
import type { RedisClient } from '@ravi/redis';
import type { Clock } from '@ravi/runtime';
import { Counter, type Logger, type Registry } from '@ravi/telemetry';
import { AuditConsumer } from './audit-consumer.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import { mailer, type MailServer, type Notice } from './mail/mailer.ts';
import { UnusedLogins } from './unused-logins.ts';
import { postEvent, type WebhookTarget } from './webhook.ts';

/** The configured deliveries; null for those that are not configured. */
export interface DeliverySettings {
  readonly webhook: (WebhookTarget & { readonly events: ReadonlySet<AuditEventName> | null }) | null;
  readonly mail: MailServer | null;
}

export interface DeliveriesDeps {
  readonly settings: DeliverySettings;
  readonly commands: RedisClient;
  readonly worker: RedisClient;
  /** Opens a connection for blocking reads. */
  readonly connect: () => RedisClient;
  readonly accounts: AccountStore;
  readonly grants: GrantStore;
  readonly lifetimes: Lifetimes;
  readonly clock: Clock;
  readonly publicUrl: string;
  readonly logger: Logger;
  readonly registry: Registry;
}

export interface Deliveries {
  /** Queues the e-mail about an approval, if mail is configured. Safe to repeat. Rejects if Redis is away. */
  approved(loginId: LoginId, login: ApprovedLogin): Promise<void>;
  /** When the oldest event and the oldest mail that are not delivered were due; null where there is none. Rejects if Redis is away. */
  oldest(): Promise<Oldest>;
  /** Forgets deliveries that ended long ago. Rejects if Redis is away. */
  forgetOld(): Promise<void>;
  stop(): Promise<void>;
}

/** A time in ms since the epoch for each kind of delivery. */
type Oldest = Readonly<Record<'webhook' | 'mail', number | null>>;

/**
 * Starts the configured deliveries: the webhook for audit events, and mail to people: links, and what happened to their account and
 * programs.
 */
export async function startDeliveries(deps: DeliveriesDeps): Promise<Deliveries> {
  const { settings, commands, worker, connect, logger, registry } = deps;
  const outcomes = new Counter({
    name: 'ravi_deliveries_total',
    help: 'Attempts to deliver webhook events and mails: delivered, failed (will be retried), dead (given up).',
    labelNames: ['kind', 'outcome'],
    registers: [registry],
  });
  for (const kind of ['webhook', 'mail'])
    for (const outcome of ['delivered', 'failed', 'dead']) outcomes.inc({ kind, outcome }, 0);
  const shared = (kind: 'webhook' | 'mail') => ({
    name: kind,
    commands,
    worker,
    logger,
    onOutcome: (outcome: string) => outcomes.inc({ kind, outcome }),
  });
  const stops: (() => Promise<void>)[] = [];

  const { webhook, mail } = settings;
  let events: DeliveryQueue<AuditRecord> | undefined;
  let oldestEvent: (() => Promise<number | null>) | undefined;
  if (webhook) {
    const queue = new DeliveryQueue<AuditRecord>({
      ...shared('webhook'),
      deliver: (event) => postEvent(webhook, event),
    });
    const redis = connect();
    const reader = new AuditConsumer({ redis, queue, events: webhook.events, logger });
    await reader.start();
    events = queue;
    oldestEvent = async () => earlier(await queue.oldestDueMs(), await reader.oldestUnreadMs(commands));
    stops.push(async () => {
      await reader.stop();
      await queue.close();
      redis.disconnect();
    });
  }

  const accountLinks = new AccountLinks(commands);
  const notices = mail
    ? new DeliveryQueue<Notice>({
        ...shared(mailQueueName),
        deliver: mailer({
          ...deps,
          server: mail,
          resetLinks: new ResetLinks(commands, deps.accounts),
          accountLinks,
          signInUndos: new SignInUndos(commands),
          emailMoves: new EmailMoves(commands, deps.accounts, accountLinks),
        }),
      })
    : null;
  if (notices) {
    const { clock, lifetimes } = deps;
    const unused = lifetimes.programsEndUnused
      ? new UnusedLogins({
          redis: commands,
          clock,
          logger,
          idleMs: lifetimes.programIdleMs,
          tell: (found) => notices.add(found),
        })
      : null;
    stops.push(async () => {
      await unused?.stop();
      await notices.close();
    });
  }

  return {
    async approved(loginId, login) {
      const { userId, clientName, address, userAgent, approvedAtMs, language } = login;
      const about = { userId, clientName, address, userAgent, approvedAtMs, language };
      await notices?.add([{ id: `${loginId}.${approvedAtMs}`, data: { about: 'approval', ...about } }]);
    },
    oldest: async () => ({
      webhook: (await oldestEvent?.()) ?? null,
      mail: (await notices?.oldestDueMs()) ?? null,
    }),
    forgetOld: async () => void (await Promise.all([events?.forgetOld(), notices?.forgetOld()])),
    stop: async () => void (await Promise.all(stops.map((stop) => stop()))),
  };
}

function earlier(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}
