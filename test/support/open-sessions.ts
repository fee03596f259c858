import type { Redis } from 'ioredis';

interface SessionRecord {
  readonly authentication: { readonly factor: string | null; readonly atMs: number };
}

/** The sessions of an account, as Redis has them. */
export async function openSessions(
  redis: Redis,
  userId: number,
): Promise<readonly { readonly id: string; readonly record: SessionRecord }[]> {
  const ids = await redis.zrange(`ravi:account-sessions:${userId}`, '0', '-1');
  const texts = await Promise.all(ids.map((id) => redis.get(`ravi:session:${id}`)));
  return texts.flatMap((text, at) =>
    text === null ? [] : [{ id: ids[at] ?? '', record: JSON.parse(text) as SessionRecord }],
  );
}

/** Time passes since the person of an account proved who they are. */
export async function letPass(redis: Redis, userId: number, seconds: number): Promise<void> {
  for (const { id, record } of await openSessions(redis, userId)) {
    const atMs = record.authentication.atMs - seconds * 1000;
    const aged = { ...record, authentication: { ...record.authentication, atMs } };
    await redis.set(`ravi:session:${id}`, JSON.stringify(aged), 'KEEPTTL');
  }
}
