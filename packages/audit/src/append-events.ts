import { loadScript, type RedisClient, runScript } from '@ravi/redis';
import type { AuditEvent } from './audit-events.ts';

const append = loadScript(new URL('./lua/append.lua', import.meta.url));

/** An event as it lies in the log. */
export function encodeEvent(id: string, atMs: number, event: AuditEvent): string {
  return JSON.stringify({ id, at: new Date(atMs).toISOString(), ...event });
}

/** Adds encoded events to a log that keeps about `maxEvents`. One round trip. */
export async function appendEvents(
  redis: RedisClient,
  log: string,
  maxEvents: number,
  events: readonly string[],
): Promise<void> {
  await runScript(redis, append, log, maxEvents, ...events);
}
