import { AuditReader, type AuditRecord } from '@ravi/audit';
import type { Redis } from 'ioredis';
import { eventually } from './eventually.ts';

/** All that the audit log holds: what a shared deployment did for other tests fills many pages. */
async function allRecords(redis: Redis): Promise<readonly AuditRecord[]> {
  const reader = new AuditReader(redis);
  const records: AuditRecord[] = [];
  for (let position = '0'; ;) {
    const entries = await reader.after(position);
    if (entries.length === 0) return records;
    records.push(...entries.map(({ record }) => record));
    position = entries.at(-1)?.position ?? '';
  }
}

/** All that the audit log holds, once it has an event that `isAwaited`. */
export function toldOnce(
  redis: Redis,
  what: string,
  isAwaited: (record: AuditRecord) => boolean,
): Promise<readonly AuditRecord[]> {
  return eventually(`the log tells of ${what}`, async () => {
    const records = await allRecords(redis);
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
    const told = (await allRecords(redis)).filter(isAbout);
    return awaited.every((event) => told.some((record) => record.event === event)) ? told : null;
  });
}
