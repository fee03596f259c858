import { AuditReader, type AuditRecord } from '@ravi/audit';
import type { Redis } from 'ioredis';
import { eventually } from './eventually.ts';

/** All that the audit log holds, once it has an event that `isAwaited`. */
export function toldOnce(
  redis: Redis,
  what: string,
  isAwaited: (record: AuditRecord) => boolean,
): Promise<readonly AuditRecord[]> {
  return eventually(`the log tells of ${what}`, async () => {
    const records = (await new AuditReader(redis).after('0')).map(({ record }) => record);
    return records.some(isAwaited) ? records : null;
  });
}

/** All that the audit log holds about an account, once it tells of `last`. */
export async function toldAbout(redis: Redis, user: number, last: string): Promise<readonly AuditRecord[]> {
  const isAbout = (record: AuditRecord) => 'user' in record && record.user === user;
  const told = await toldOnce(redis, last, (record) => isAbout(record) && record.event === last);
  return told.filter(isAbout);
}
