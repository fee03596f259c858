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
/** The most pages that one reading back takes: 2000 entries, a millisecond of Redis, another one here, and a third of a megabyte. */
const maxPagesBack = 4;

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
    for (let from = position; ;) {
      const read = await this.#redis.xrange(this.#key, `(${from}`, '+', 'COUNT', pageSize);
      const entries = readAuditEntries(read);
      const last = read.at(-1);
      // A whole page may be of what is no event.
      if (entries.length > 0 || last === undefined) return entries;
      [from] = last;
    }
  }

  /**
   * The newest events about an account before a position (`+`: the end of the log) and not before a time. Reads a bounded part of the log:
   * `next` is the position from which to look further back, null at the end.
   */
  async aboutBefore(
    userId: number,
    position: string,
    { sinceMs, count }: { readonly sinceMs: number; readonly count: number },
  ): Promise<{ readonly entries: readonly AuditEntry[]; readonly next: string | null }> {
    const found: AuditEntry[] = [];
    let end = position === '+' ? position : `(${position}`;
    for (let page = 0; page < maxPagesBack; page++) {
      const read = await this.#redis.xrevrange(this.#key, end, sinceMs, 'COUNT', pageSize);
      for (const entry of readAuditEntries(read)) {
        if (!('user' in entry.record) || entry.record.user !== userId) continue;
        found.push(entry);
        if (found.length >= count) return { entries: found, next: entry.position };
      }
      // The page that is not full is the last one.
      const last = read[pageSize - 1];
      if (last === undefined) return { entries: found, next: null };
      end = `(${last[0]}`;
    }
    return { entries: found, next: end.slice(1) };
  }
}

/** Decodes entries from Redis. Entries that are no events, such as manual ones, are left out. */
export function readAuditEntries(entries: readonly (readonly [string, readonly string[]])[]): AuditEntry[] {
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
