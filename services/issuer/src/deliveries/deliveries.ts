import { AccountLinks, type AccountStore, EmailMoves, ResetLinks, SignInUndos } from '@ravi/accounts';
import type { AuditEventName, AuditRecord } from '@ravi/audit';
import { mailQueueName } from '@ravi/contract';
import type { GrantStore, Lifetimes } from '@ravi/credentials';
import type { ApprovedLogin, LoginId } from '@ravi/device-login';
import type { RedisClient } from '@ravi/redis';
import type { Clock } from '@ravi/runtime';
import { Counter, type Logger, type Registry } from '@ravi/telemetry';
import { AuditConsumer } from './audit-consumer.ts';
import { DeliveryQueue, type DeliveryQueueOptions, WaitingDeliveries } from './delivery-queue.ts';
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
  /**
   * When the oldest event and the oldest mail that are not delivered were due; null where there is none, or no webhook. Mails are told of
   * also where this issuer sends none. Rejects if Redis is away.
   */
  oldest(): Promise<Oldest>;
  /** Forgets deliveries that ended long ago. Rejects if Redis is away. */
  forgetOld(): Promise<void>;
  stop(): Promise<void>;
}

/** A time in ms since the epoch for each kind of delivery. */
type Oldest = Readonly<Record<'webhook' | 'mail', number | null>>;

/** One kind of delivery while it runs. */
interface Running {
  readonly queue: Pick<DeliveryQueue<object>, 'forgetOld'>;
  oldestDueMs(): Promise<number | null>;
  stop(): Promise<void>;
}

/** What the queues of all kinds are opened with. */
type SharedOptions = Omit<DeliveryQueueOptions<object>, 'deliver'>;

/**
 * Starts the configured deliveries: the webhook for audit events, and mail to people: links, and what happened to their account and
 * programs.
 */
export async function startDeliveries(deps: DeliveriesDeps): Promise<Deliveries> {
  const { settings, commands, worker, logger, registry } = deps;
  const outcomes = new Counter({
    name: 'ravi_deliveries_total',
    help: 'Attempts to deliver webhook events and mails: delivered, failed (will be retried), refused (for good: there is no such mailbox), dead (given up).',
    labelNames: ['kind', 'outcome'],
    registers: [registry],
  });
  for (const kind of ['webhook', 'mail'])
    for (const outcome of ['delivered', 'failed', 'refused', 'dead']) outcomes.inc({ kind, outcome }, 0);
  const shared = (name: SharedOptions['name']): SharedOptions => ({
    name,
    commands,
    worker,
    logger,
    onOutcome: (outcome) => outcomes.inc({ kind: name, outcome }),
  });
  const webhook = settings.webhook && (await startWebhook(settings.webhook, deps, shared('webhook')));
  const mail = settings.mail && startMail(settings.mail, deps, shared(mailQueueName));
  const mails: Running = mail ?? watchUnsentMails(deps);
  const running: readonly Running[] = webhook === null ? [mails] : [webhook, mails];
  return {
    async approved(loginId, login) {
      const { userId, clientName, address, userAgent, approvedAtMs, language } = login;
      const about = { userId, clientName, address, userAgent, approvedAtMs, language };
      await mail?.queue.add([{ id: `${loginId}.${approvedAtMs}`, data: { about: 'approval', ...about } }]);
    },
    oldest: async () => ({
      webhook: (await webhook?.oldestDueMs()) ?? null,
      mail: await mails.oldestDueMs(),
    }),
    forgetOld: async () => void (await Promise.all(running.map(({ queue }) => queue.forgetOld()))),
    stop: async () => void (await Promise.all(running.map((kind) => kind.stop()))),
  };
}

/** Starts to read the audit log and to tell of it. Rejects if Redis is away. */
async function startWebhook(
  target: NonNullable<DeliverySettings['webhook']>,
  { commands, connect, logger }: DeliveriesDeps,
  shared: SharedOptions,
): Promise<Running> {
  const queue = new DeliveryQueue<AuditRecord>({ ...shared, deliver: (event) => postEvent(target, event) });
  const redis = connect();
  const reader = new AuditConsumer({ redis, queue, events: target.events, logger });
  await reader.start();
  return {
    queue,
    oldestDueMs: async () => earlier(await queue.oldestDueMs(), await reader.oldestUnreadMs(commands)),
    async stop() {
      await reader.stop();
      await queue.close();
      redis.disconnect();
    },
  };
}

/** Starts to send the mails that are queued, and, where unused logins end, to look for those. */
function startMail(
  server: MailServer,
  deps: DeliveriesDeps,
  shared: SharedOptions,
): Running & { readonly queue: DeliveryQueue<Notice> } {
  const { commands, accounts, clock, lifetimes, logger } = deps;
  const accountLinks = new AccountLinks(commands);
  const deliver = mailer({
    ...deps,
    server,
    resetLinks: new ResetLinks(commands, accounts),
    accountLinks,
    signInUndos: new SignInUndos(commands),
    emailMoves: new EmailMoves(commands, accounts, accountLinks),
  });
  const queue = new DeliveryQueue<Notice>({ ...shared, deliver });
  const unused = lifetimes.programsEndUnused
    ? new UnusedLogins({
        redis: commands,
        clock,
        logger,
        idleMs: lifetimes.programIdleMs,
        tell: (found) => queue.add(found),
      })
    : null;
  return {
    queue,
    oldestDueMs: () => queue.oldestDueMs(),
    async stop() {
      await unused?.stop();
      await queue.close();
    },
  };
}

/** How long mails wait before an issuer that sends none tells of it: nobody need hear of it while one issuer after the other gets SMTP_URL. */
const unsentMs = 60_000;

/** Tells of mails that wait where this issuer sends none: apis with SMTP_URL queue them, whether or not an issuer has it. */
function watchUnsentMails({ commands, clock, logger }: DeliveriesDeps): Running {
  const waiting = new WaitingDeliveries(mailQueueName, commands);
  let isTold = false;
  return {
    queue: { forgetOld: async () => undefined },
    async oldestDueMs() {
      const dueMs = await waiting.oldestDueMs();
      const isLate = dueMs !== null && clock.nowMs() - dueMs > unsentMs;
      if (isLate && !isTold) logger.warn('mails wait, and this issuer sends none: it has no SMTP_URL');
      isTold = isLate;
      return dueMs;
    },
    stop: () => waiting.close(),
  };
}

function earlier(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}
