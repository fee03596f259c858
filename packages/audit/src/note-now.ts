import { randomBytes } from 'node:crypto';
import type { RedisClient } from '@ravi/redis';
import { appendEvents, encodeEvent } from './append-events.ts';
import type { AuditEvent } from './audit-events.ts';

/** Where and when an event is noted. */
export interface Noting {
  /** How many events the log keeps, about. */
  readonly maxEvents: number;
  readonly nowMs: number;
  readonly prefix?: string;
}

/** Notes one event and resolves once it is in the log: for a tool, which must not end before. Rejects when Redis is away. */
export async function noteNow(
  redis: RedisClient,
  event: AuditEvent,
  { maxEvents, nowMs, prefix = '' }: Noting,
): Promise<void> {
  const id = `${randomBytes(9).toString('base64url')}_1`;
  await appendEvents(redis, prefix, { maxEvents, maxPerAccount: 0 }, [encodeEvent(id, nowMs, event)]);
}
