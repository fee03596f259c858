import { loadScript, type RedisClient, replyWords, runScript } from '@ravi/redis';
import type { AuditEvent } from './audit-events.ts';
import { auditKey, auditSharesKey } from './keyspace.ts';

const append = loadScript(new URL('./lua/append.lua', import.meta.url));

/** When shares begin anew at the latest; and when half of the log has been written since they began. */
const eraMs = 24 * 3600 * 1000;
const eraOfLog = 1 / 2;

/** The bounds of a log. */
export interface AuditBounds {
  /** How many events it keeps, about. */
  readonly maxEvents: number;
  /** How many events of one kind about one account are added in an era; 0: any number. */
  readonly maxPerAccount: number;
}

/** An event as it is added; `subject` names what has a share, and is empty for what has none. */
export interface EncodedEvent {
  readonly subject: string;
  readonly json: string;
}

/** What was not added. */
export interface LeftOut {
  readonly count: number;
  /** The events with which a share was exceeded. */
  readonly first: readonly number[];
}

/** An event as it lies in the log. What an operator did is always added. */
export function encodeEvent(id: string, atMs: number, event: AuditEvent): EncodedEvent {
  const isShared = 'user' in event && event.user !== undefined && !('by' in event && event.by !== undefined);
  return {
    subject: isShared ? `${event.user} ${event.event}` : '',
    json: JSON.stringify({ id, at: new Date(atMs).toISOString(), ...event }),
  };
}

/** Adds encoded events to the log, as far as the shares of their accounts reach. One round trip. */
export async function appendEvents(
  redis: RedisClient,
  prefix: string,
  { maxEvents, maxPerAccount }: AuditBounds,
  events: readonly EncodedEvent[],
): Promise<LeftOut> {
  const reply = await runScript(
    redis,
    append,
    [auditKey(prefix), auditSharesKey(prefix)],
    maxEvents,
    maxPerAccount,
    Math.ceil(maxEvents * eraOfLog),
    eraMs,
    ...events.flatMap(({ subject, json }) => [subject, json]),
  );
  const [, count, ...first] = replyWords(reply);
  return { count: Number(count), first: first.map(Number) };
}
