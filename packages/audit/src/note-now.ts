import { randomBytes } from 'node:crypto';
import type { RedisClient } from '@ravi/redis';
import { appendEvents, encodeEvent } from './append-events.ts';
import type { AuditEvent } from './audit-events.ts';

/** Where and when an event is noted. */
export interface Noting {
  readonly nowMs: number;
  readonly prefix?: string;
}

/**
 * Notes one event and resolves once it is in the log: for a tool, which must not end before. Drops nothing, since a tool need not know how
 * much the log keeps: the services drop the oldest with their next event. Rejects when Redis is away.
 */
export async function noteNow(
  redis: RedisClient,
  event: AuditEvent,
  { nowMs, prefix = '' }: Noting,
): Promise<void> {
  const id = `${randomBytes(9).toString('base64url')}_1`;
  const bounds = { maxEvents: Number.MAX_SAFE_INTEGER, maxPerAccount: 0 };
  await appendEvents(redis, prefix, bounds, [encodeEvent(id, nowMs, event)]);
}
