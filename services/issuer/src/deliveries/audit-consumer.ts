import { setTimeout as pause } from 'node:timers/promises';
import { auditKey, type AuditEntry, type AuditEventName, type AuditRecord, readEntries } from '@ravi/audit';
import type { RedisClient } from '@ravi/redis';
import type { Logger } from '@ravi/telemetry';
import type { DeliveryQueue } from './delivery-queue.ts';

/** The consumer group that all issuers share. */
const group = 'webhook';

/** Entries that are taken at once. */
const pageSize = 100;

/** Entries that another issuer took this long ago, and did not pass on, are taken over. */
const abandonedAfterMs = 5_000;

/** Deliveries that may wait: above it, events stay in the audit log until the receiver is back. */
const maxBacklog = 10_000;

export interface AuditConsumerDeps {
  /** A connection of its own: it blocks. */
  readonly redis: RedisClient;
  readonly consumer: string;
  readonly queue: DeliveryQueue<AuditRecord>;
  /** The events that are wanted; null for all. */
  readonly events: ReadonlySet<AuditEventName> | null;
  readonly logger: Logger;
}

/**
 * Turns the events of the audit log into deliveries. All issuers share the work; what one had taken when it died, another takes
 * over: no event is lost, and one that is passed on twice has the same id.
 */
export class AuditConsumer {
  readonly #deps: AuditConsumerDeps;
  #stopping = false;
  #lookedForAbandonedMs = 0;
  #running: Promise<void> | undefined;

  constructor(deps: AuditConsumerDeps) {
    this.#deps = deps;
  }

  /** Starts with what happens from now on, where nobody has begun before. Rejects when Redis is away. */
  async start(): Promise<void> {
    await this.#createGroup('$');
    this.#running = this.#run();
  }

  /** Stops once what was taken is passed on. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      try {
        if ((await this.#deps.queue.backlog()) >= maxBacklog) await pause(1_000);
        else await this.#pass((await this.#abandoned()) ?? (await this.#next()));
      } catch (error) {
        if (error instanceof Error && error.message.startsWith('NOGROUP')) {
          // Redis was emptied: all that is there now is new.
          await this.#createGroup('0').catch(() => undefined);
        } else this.#deps.logger.debug({ error }, 'the audit log is out of reach');
        await pause(500);
      }
    }
  }

  async #pass(entries: readonly RawEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const { redis, queue, events } = this.#deps;
    const wanted = readEntries(entries).filter(({ record }) => events?.has(record.event) ?? true);
    await queue.add(wanted.map(delivery));
    await redis.xack(auditKey(), group, ...entries.map(([position]) => position));
  }

  /** What others took and left, looked for now and then; null when there is nothing. */
  async #abandoned(): Promise<readonly RawEntry[] | null> {
    if (Date.now() - this.#lookedForAbandonedMs < abandonedAfterMs) return null;
    const { redis, consumer } = this.#deps;
    const reply: unknown = await redis.xautoclaim(
      auditKey(),
      group,
      consumer,
      abandonedAfterMs,
      '0-0',
      'COUNT',
      pageSize,
    );
    const entries = rawEntries(Array.isArray(reply) ? reply[1] : null);
    if (entries.length < pageSize) this.#lookedForAbandonedMs = Date.now();
    return entries.length > 0 ? entries : null;
  }

  async #next(): Promise<readonly RawEntry[]> {
    const { redis, consumer } = this.#deps;
    const reply: unknown = await redis.xreadgroup(
      'GROUP',
      group,
      consumer,
      'COUNT',
      pageSize,
      'BLOCK',
      1_000,
      'STREAMS',
      auditKey(),
      '>',
    );
    const stream: unknown = Array.isArray(reply) ? reply[0] : null;
    return rawEntries(Array.isArray(stream) ? stream[1] : null);
  }

  async #createGroup(from: '$' | '0'): Promise<void> {
    try {
      await this.#deps.redis.xgroup('CREATE', auditKey(), group, from, 'MKSTREAM');
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error;
    }
  }
}

type RawEntry = readonly [string, readonly string[]];

const delivery = ({ record }: AuditEntry) => ({ id: record.id, data: record });

/** The entries of a reply; those that were trimmed in the meantime come without fields, and are told as empty. */
function rawEntries(reply: unknown): readonly RawEntry[] {
  if (!Array.isArray(reply)) return [];
  return reply.flatMap((entry: unknown): RawEntry[] =>
    Array.isArray(entry) && typeof entry[0] === 'string'
      ? [[entry[0], Array.isArray(entry[1]) ? entry[1].map(String) : []]]
      : [],
  );
}
