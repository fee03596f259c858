import type { RedisClient } from '@ravi/redis';
import type { AuditRecord } from './audit-events.ts';
import { auditKey } from './keyspace.ts';

/** An event and its position in the log. */
export interface AuditEntry {
  /** Later entries have greater positions. */
  readonly position: string;
  readonly record: AuditRecord;
}

/** Entries that are read at once. */
const pageSize = 500;

/** Reads the audit log from a position or a time on. */
export class AuditReader {
  readonly #redis: RedisClient;
  readonly #key: string;

  constructor(redis: RedisClient, prefix = '') {
    this.#redis = redis;
    this.#key = auditKey(prefix);
  }

  /** The next entries after a position, oldest first; empty at the end. `0` is the beginning, `MS` a time. */
  async after(position: string): Promise<readonly AuditEntry[]> {
    return readEntries(await this.#redis.xrange(this.#key, `(${position}`, '+', 'COUNT', pageSize));
  }
}

/** Decodes entries from Redis. Entries that are no events, such as manual ones, are left out. */
export function readEntries(entries: readonly (readonly [string, readonly string[]])[]): AuditEntry[] {
  return entries.flatMap(([position, [name, json = '']]) => {
    const record = name === 'event' ? parse(json) : null;
    return record ? [{ position, record }] : [];
  });
}

function parse(json: string): AuditRecord | null {
  try {
    const value: unknown = JSON.parse(json);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is AuditRecord {
  return typeof value === 'object' && value !== null && 'id' in value && 'at' in value && 'event' in value;
}
