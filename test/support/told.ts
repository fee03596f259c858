import { AuditReader, type AuditRecord } from '@ravi/audit';
import { Redis } from 'ioredis';
import { requireFields } from './audit-faults.ts';
import { eventually } from './eventually.ts';

/**
 * All that the audit log holds, or what came after a time: what a shared deployment did for other tests fills many pages. Throws if an
 * event has other fields than those of its kind.
 */
export async function allTold(redis: Redis, afterMs = 0): Promise<readonly AuditRecord[]> {
  const reader = new AuditReader(redis);
  const records: AuditRecord[] = [];
  for (let position = String(afterMs); ;) {
    const entries = await reader.after(position);
    if (entries.length === 0) break;
    records.push(...entries.map(({ record }) => record));
    position = entries.at(-1)?.position ?? '';
  }
  requireFields(records);
  return records;
}

/** Throws if the audit log of this Redis has an event with other fields than those of its kind, from this time on. */
export async function requireWholeLog(redisUrl: string, afterMs = 0): Promise<void> {
  const redis = new Redis(redisUrl);
  try {
    await allTold(redis, afterMs);
  } finally {
    redis.disconnect();
  }
}

/** All that the audit log holds, once it has an event that `isAwaited`. */
export function toldOnce(
  redis: Redis,
  what: string,
  isAwaited: (record: AuditRecord) => boolean,
): Promise<readonly AuditRecord[]> {
  return eventually(`the log tells of ${what}`, async () => {
    const records = await allTold(redis);
    return records.some(isAwaited) ? records : null;
  });
}

/** All that the audit log holds about an account, once it tells of each of these: processes write what they noted in their own time. */
export async function toldAbout(
  redis: Redis,
  user: number,
  ...awaited: readonly string[]
): Promise<readonly AuditRecord[]> {
  const isAbout = (record: AuditRecord) => 'user' in record && record.user === user;
  return eventually(`the log tells of ${awaited.join(', ')}`, async () => {
    const told = (await allTold(redis)).filter(isAbout);
    return awaited.every((event) => told.some((record) => record.event === event)) ? told : null;
  });
}
