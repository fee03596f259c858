import type { Redis } from 'ioredis';

/** A key as Redis holds it, with what tells how long it may live. */
export interface StoredKey {
  readonly name: string;
  readonly type: string;
  /** Milliseconds until it leaves; null where it stays. */
  readonly leftMs: number | null;
  /** The fields of a hash; none for another type. */
  readonly fields: Readonly<Record<string, string>>;
  /** The text of a string; empty for another type. */
  readonly text: string;
}

/** Reads each key of a database. A key that leaves meanwhile is left out. */
export async function readKeys(redis: Redis): Promise<readonly StoredKey[]> {
  const names = await redis.keys('*');
  const read = names.map(async (name): Promise<readonly StoredKey[]> => {
    const type = await redis.type(name);
    const fields = type === 'hash' ? await redis.hgetall(name) : {};
    const text = type === 'string' ? ((await redis.get(name)) ?? '') : '';
    const leftMs = await redis.pttl(name);
    return leftMs === -2 ? [] : [{ name, type, leftMs: leftMs === -1 ? null : leftMs, fields, text }];
  });
  return (await Promise.all(read)).flat();
}
