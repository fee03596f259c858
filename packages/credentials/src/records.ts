import { loadScript, type RedisClient, runScript } from '@ravi/redis';

const createRecord = loadScript(new URL('./lua/create-record.lua', import.meta.url));
const endRecord = loadScript(new URL('./lua/end-record.lua', import.meta.url));
const noteUseOfRecord = loadScript(new URL('./lua/note-use.lua', import.meta.url));

/** How often at most a use is written down: the time of the last one is for people, a minute is exact enough. */
const noteUseEveryMs = 60_000;

/** How long an ended record is kept: longer than a device_code can live, so that no redemption brings it back. */
export const endedRecordKeptMs = 31 * 24 * 3600 * 1000;

/** Why a credential ended. */
export type EndReason = 'refresh_reused' | 'logged_out' | 'revoked' | 'not_me' | 'identity_deleted';

/** Writes a record unless it stands already. `expiresAtMs` null: it does not expire. */
export async function createOnce(
  redis: RedisClient,
  key: string,
  expiresAtMs: number | null,
  fields: readonly string[],
): Promise<'created' | 'exists'> {
  const reply = await runScript(redis, createRecord, key, expiresAtMs ?? '', ...fields);
  return firstWord(reply) === 'exists' ? 'exists' : 'created';
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
