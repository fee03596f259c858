import { setTimeout as pause } from 'node:timers/promises';
import {
  auditKey,
  type AuditEntry,
  type AuditEventName,
  type AuditRecord,
  readAuditEntries,
} from '@ravi/audit';
import { errorCode, type RedisClient } from '@ravi/redis';
import { type Clock, steadyClock } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type { DeliveryQueue } from './delivery-queue.ts';

/** The consumer group that all issuers share, and their one name in it: Redis keeps each name for ever, also of a process that is gone. */
const group = 'webhook';
const consumer = 'issuer';

/** Entries that are read at once. */
const pageSize = 100;

/** Entries that another issuer took this long ago and did not acknowledge are taken over. */
const abandonedAfterMs = 5_000;

/** Maximum of waiting deliveries; above it, events stay in the audit log until the receiver is back. */
const maxBacklog = 10_000;

export interface AuditConsumerDeps {
  /** A separate connection, because reads block. */
  readonly redis: RedisClient;
  readonly queue: DeliveryQueue<AuditRecord>;
  /** The events to deliver; null for all. */
  readonly events: ReadonlySet<AuditEventName> | null;
  readonly logger: Logger;
}

/**
 * Turns the events of the audit log into deliveries. All issuers share the work, and another takes over the events of one that
 * died: no event is lost, and one that is delivered twice has the same id.
 */
export class AuditConsumer {
  readonly #deps: AuditConsumerDeps;
  readonly #clock: Clock;
  #stopping = false;
  #lookedForAbandonedMs = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | undefined;

  /** `clock` only goes forward. */
  constructor(deps: AuditConsumerDeps, clock: Clock = steadyClock) {
    this.#deps = deps;
    this.#clock = clock;
  }

  /** Starts to consume; the first one ever starts with future events only. Rejects if Redis is away. */
  async start(): Promise<void> {
    await this.#createGroup('$');
    this.#running = this.#run();
  }

  /** Stops after the events it has read are queued. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
  }

  /** When the first event that no issuer has taken yet was noted; null where there is none. Read on another connection: ours blocks. */
  async oldestUnreadMs(redis: RedisClient): Promise<number | null> {
    const groups: unknown = await redis.xinfo('GROUPS', auditKey());
    const own = Array.isArray(groups) ? groups.map(fieldsOf).find(({ name }) => name === group) : undefined;
    const last = own?.['last-delivered-id'];
    if (last === undefined) return null;
    const [next] = await redis.xrange(auditKey(), `(${last}`, '+', 'COUNT', 1);
    return next ? Number(next[0].split('-')[0]) : null;
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      try {
        if ((await this.#deps.queue.backlog()) >= maxBacklog) await pause(1_000);
        else await this.#pass((await this.#abandoned()) ?? (await this.#next()));
      } catch (error) {
        if (errorCode(error) === 'NOGROUP') {
          // Redis was emptied: everything in the log is new.
          await this.#createGroup('0').catch(() => undefined);
        } else this.#deps.logger.debug({ error }, 'the audit log cannot be read');
        await pause(500);
      }
    }
  }

  async #pass(entries: readonly RawEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const { redis, queue, events } = this.#deps;
    const wanted = readAuditEntries(entries).filter(({ record }) => events?.has(record.event) ?? true);
    await queue.add(wanted.map(delivery));
    await redis.xack(auditKey(), group, ...entries.map(([position]) => position));
  }

  /** Entries that others took and left, checked from time to time; null if there are none. */
  async #abandoned(): Promise<readonly RawEntry[] | null> {
    if (this.#clock.nowMs() - this.#lookedForAbandonedMs < abandonedAfterMs) return null;
    const { redis } = this.#deps;
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
    if (entries.length < pageSize) this.#lookedForAbandonedMs = this.#clock.nowMs();
    return entries.length > 0 ? entries : null;
  }

  async #next(): Promise<readonly RawEntry[]> {
    const { redis } = this.#deps;
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
      if (errorCode(error) !== 'BUSYGROUP') throw error;
    }
  }
}

/** The fields of an answer that lists names and values in turn. */
function fieldsOf(list: unknown): Readonly<Record<string, string>> {
  const words = Array.isArray(list) ? list.map(String) : [];
  return Object.fromEntries(words.flatMap((name, at) => (at % 2 === 0 ? [[name, words[at + 1] ?? '']] : [])));
}

type RawEntry = readonly [string, readonly string[]];

const delivery = ({ record }: AuditEntry) => ({ id: record.id, data: record });

/** The entries of a reply; entries that were trimmed meanwhile have no fields and are returned empty. */
function rawEntries(reply: unknown): readonly RawEntry[] {
  if (!Array.isArray(reply)) return [];
  return reply.flatMap((entry: unknown): RawEntry[] =>
    Array.isArray(entry) && typeof entry[0] === 'string'
      ? [[entry[0], Array.isArray(entry[1]) ? entry[1].map(String) : []]]
      : [],
  );
}
