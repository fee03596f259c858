import { loadScript, type RedisClient, runScript } from '@ravi/redis';

const createRecords = loadScript(new URL('./lua/create-records.lua', import.meta.url));
const endRecord = loadScript(new URL('./lua/end-record.lua', import.meta.url));
const noteUseOfRecord = loadScript(new URL('./lua/note-use.lua', import.meta.url));

/** How often at most a use is written down: the time of the last one is for people, a minute is exact enough. */
const noteUseEveryMs = 60_000;

/** How long an ended record is kept: longer than a device_code can live, so that no redemption brings it back. */
export const endedRecordKeptMs = 31 * 24 * 3600 * 1000;

/** Why a credential ended. */
export type EndReason = 'refresh_reused' | 'logged_out' | 'revoked' | 'not_me' | 'identity_deleted';

/** A record to be written, and its place in the index of its account. */
export interface NewRecord {
  readonly key: string;
  /** Null: it does not expire. */
  readonly expiresAtMs: number | null;
  readonly fields: readonly string[];
  readonly index: { readonly key: string; readonly atMs: number; readonly member: string };
}

/** Writes records, each unless it stands already. One round trip, and one step where there is but one Redis. */
export async function createOnce(redis: RedisClient, records: readonly NewRecord[]): Promise<void> {
  const writes = records.flatMap(({ key, expiresAtMs, fields, index }) => [
    { key, args: ['record', expiresAtMs ?? '', fields.length, ...fields] },
    { key: index.key, args: ['index', index.atMs, index.member] },
  ]);
  const steps = redis.isCluster ? writes.map((write) => [write]) : [writes];
  await Promise.all(
    steps.map((step) =>
      runScript(
        redis,
        createRecords,
        step.map(({ key }) => key),
        ...step.flatMap(({ args }) => args),
      ),
    ),
  );
}

/** Ends the owner's record. `keepMs` null: the record stays as long as it would anyway. False when there is none. */
export async function endOwned(
  redis: RedisClient,
  key: string,
  end: { userId: number; reason: EndReason; nowMs: number; keepMs: number | null },
): Promise<'ended' | 'endedBefore' | 'unknown'> {
  const word = firstWord(
    await runScript(redis, endRecord, key, String(end.userId), end.reason, end.nowMs, end.keepMs ?? ''),
  );
  return word === 'ended' ? 'ended' : word === 'ended_before' ? 'endedBefore' : 'unknown';
}

/** Notes a use, at most once a minute. Resolves to whether it was the first ever. */
export async function noteUse(
  redis: RedisClient,
  key: string,
  lastUsedAtMs: number | null,
  nowMs: number,
): Promise<boolean> {
  if (lastUsedAtMs !== null && nowMs - lastUsedAtMs < noteUseEveryMs) return false;
  return firstWord(await runScript(redis, noteUseOfRecord, key, nowMs)) === 'first';
}

/** The word with which every script's reply begins. */
function firstWord(reply: unknown): string {
  if (Array.isArray(reply) && typeof reply[0] === 'string') return reply[0];
  throw new Error('A script answered what its header does not list.');
}
