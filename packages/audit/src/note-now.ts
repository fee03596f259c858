import { randomBytes } from 'node:crypto';
import { loadScript, type RedisClient, replyOf, runScript } from '@ravi/redis';
import { encodeEvent } from './append-events.ts';
import type { AuditEvent } from './audit-events.ts';
import { auditKey } from './keyspace.ts';

const note = loadScript(new URL('./lua/note.lua', import.meta.url));

/** Where and when an event is noted. */
export interface Noting {
  readonly nowMs: number;
  readonly prefix?: string;
}

/**
 * Notes one event and resolves once it is in the log, also of a Redis that is full: for a tool, which must not end before. Rejects when
 * Redis is away.
 */
export async function noteNow(
  redis: RedisClient,
  event: AuditEvent,
  { nowMs, prefix = '' }: Noting,
): Promise<void> {
  const id = `${randomBytes(9).toString('base64url')}_1`;
  replyOf(await runScript(redis, note, auditKey(prefix), encodeEvent(id, nowMs, event).json), 'noted');
}
