import { randomBytes } from 'node:crypto';
import type { RedisClient } from '@ravi/redis';
import type { Clock } from '@ravi/runtime';
import { Counter, Gauge, type Logger, type Registry } from '@ravi/telemetry';
import { appendEvents, type AuditBounds, encodeEvent } from './append-events.ts';
import type { AuditEvent } from './audit-events.ts';

/** Maximum time that an event waits for others to be written together. */
const flushAfterMs = 40;

/** Maximum of events in one write, and of events that wait while Redis is away: about 3 MB. */
const batchSize = 250;
const maxWaiting = 10_000;

/** Delay between a failed write and the next attempt. */
const retryAfterMs = 500;

export interface AuditLogDeps extends AuditBounds {
  readonly redis: RedisClient;
  /** Off: nothing is written. */
  readonly enabled: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly prefix?: string;
  /** The network around an address: each network gets one part of the shares of events about no account. Default: each address by itself. */
  readonly networkOf?: (address: string) => string;
}

/**
 * Notes events for the audit log. Noting never waits, never fails and never delays a request: events are written together, within
 * 50 ms. While Redis is away they wait in memory, up to a maximum; further ones are dropped and counted.
 */
export class AuditLog {
  readonly #deps: AuditLogDeps;
  /** With a counter it forms the id of each event, so that readers recognise one that was written twice. */
  readonly #origin = randomBytes(9).toString('base64url');
  readonly #dropped: Counter;
  readonly #leftOut: Counter;
  #noted = 0;
  #waiting: Noted[] = [];
  #underWay = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #failing = false;
  #dropping = false;

  constructor(deps: AuditLogDeps) {
    this.#deps = deps;
    this.#dropped = new Counter({
      name: 'ravi_audit_dropped_total',
      help: 'Audit events that were lost because Redis was away for too long.',
      registers: [deps.registry],
    });
    const waiting: Gauge = new Gauge({
      name: 'ravi_audit_waiting',
      help: 'Audit events of this process that Redis does not have yet.',
      registers: [deps.registry],
      collect: () => waiting.set(this.#waiting.length + this.#underWay),
    });
    this.#leftOut = new Counter({
      name: 'ravi_audit_left_out_total',
      help: 'Audit events that were left out because there were too many of one kind about one account, or about none.',
      registers: [deps.registry],
    });
  }

  /** Notes an event. Never throws. */
  note(event: AuditEvent): void {
    const { enabled, clock } = this.#deps;
    if (!enabled) return;
    if (this.#waiting.length + this.#underWay >= maxWaiting) return this.#drop();
    this.#waiting.push({ atMs: clock.nowMs(), number: ++this.#noted, event });
    if (this.#writing) return;
    if (this.#waiting.length >= batchSize && !this.#failing) this.#write();
    else this.#timer ??= setTimeout(() => this.#write(), flushAfterMs);
  }

  /** Writes the waiting events, as far as Redis accepts them, and resolves. Call it last before closing the connection. */
  async close(): Promise<void> {
    await this.#writing;
    while (this.#waiting.length > 0) {
      this.#write();
      await this.#writing;
      if (this.#failing) break;
    }
    clearTimeout(this.#timer);
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#waiting.splice(0, batchSize);
    this.#underWay = batch.length;
    this.#writing = this.#append(batch).then(
      () => {
        this.#failing = false;
        this.#written(flushAfterMs);
        // Only once everything is written: otherwise the line would be logged again and again.
        if (!this.#dropping || this.#waiting.length > 0) return;
        this.#dropping = false;
        this.#deps.logger.info('audit events are written again');
      },
      (error: unknown) => {
        this.#failing = true;
        this.#deps.logger.debug({ error }, 'audit events could not be written; trying again');
        this.#waiting.unshift(...batch);
        this.#written(retryAfterMs);
      },
    );
  }

  #written(nextAfterMs: number): void {
    this.#underWay = 0;
    this.#writing = undefined;
    if (this.#waiting.length === 0) return;
    // A full batch goes at once, unless Redis has just refused one.
    const delayMs = !this.#failing && this.#waiting.length >= batchSize ? 0 : nextAfterMs;
    this.#timer = setTimeout(() => this.#write(), delayMs);
  }

  async #append(batch: readonly Noted[]): Promise<void> {
    const { redis, prefix = '', networkOf } = this.#deps;
    const events = batch.map(({ atMs, number, event }) =>
      encodeEvent(`${this.#origin}_${number}`, atMs, event, networkOf),
    );
    const leftOut = await appendEvents(redis, prefix, this.#deps, events);
    this.#leftOut.inc(leftOut.count);
    for (const { event } of leftOut.first.flatMap((at) => batch.slice(at, at + 1)))
      this.#noteShareExceeded(event);
  }

  #noteShareExceeded(event: AuditEvent): void {
    const user = 'user' in event ? event.user : undefined;
    this.#deps.logger.warn(
      { event: event.event, userId: user },
      'too many audit events of one kind: further ones are left out',
    );
    this.note({ event: 'events_left_out', of: event.event, ...(user === undefined ? {} : { user }) });
  }

  #drop(): void {
    this.#dropped.inc();
    if (this.#dropping) return;
    this.#dropping = true;
    this.#deps.logger.error(
      'Redis is away for too long, or does not keep up: audit events are lost from now on',
    );
  }
}

/** An event that waits to be written. */
interface Noted {
  readonly atMs: number;
  readonly number: number;
  readonly event: AuditEvent;
}
