import { isWithin } from '@ravi/runtime';
import {
  loadBatchedScript,
  loadScript,
  type RedisClient,
  replyOf,
  replyWords,
  runBatched,
  runScript,
  UnexpectedReply,
} from '@ravi/redis';

const createRecordsScript = loadBatchedScript(new URL('./lua/create-records.lua', import.meta.url));
const endRecordScript = loadScript(new URL('./lua/end-record.lua', import.meta.url));
const noteUseScript = loadScript(new URL('./lua/note-use.lua', import.meta.url));

/** A use is written down at most once in this time: the time of the last one is for people, for whom a minute is exact enough. */
const noteUseEveryMs = 60_000;

/** How long an ended record is kept: longer than a device_code can live, so that no redemption brings it back. */
export const endedRecordKeptMs = 2 * 24 * 3600 * 1000;

/** Why a credential ended. */
export type EndReason = 'refresh_reused' | 'logged_out' | 'revoked' | 'not_me' | 'too_many_logins';

/** A record to be written. It leaves Redis by itself. */
export interface NewRecord {
  readonly key: string;
  readonly ttlMs: number;
  readonly fields: readonly string[];
  /** If it has ended since it was written first, nothing is written again that belongs to it. */
  readonly mustLive?: boolean;
}

/** A place in an index, which leaves Redis when nothing was added to it, and nothing in it used, for `ttlMs`. */
export interface IndexEntry {
  readonly key: string;
  readonly member: string;
  readonly score: number;
  readonly ttlMs: number;
  /** If the index has more, its first member is the surplus. */
  readonly maxMembers?: number;
}

/** Where an account says in which epoch it is. What was granted in another has ended. */
export interface AccountEpoch {
  readonly key: string;
  readonly epochField: string;
  readonly epoch: string;
  /** A field that must be there; empty for none. */
  readonly requiredField: string;
}

/** One key of the script that creates records, and the arguments that go with it. */
interface Step {
  readonly key: string;
  readonly args: readonly (string | number)[];
}

/** What a creation of records found. */
export interface Creation {
  /** False when the epoch of the account had ended by then, what they need was gone, or one of them that must live had ended. */
  readonly stands: boolean;
  /** The first member of an index that has too many now. */
  readonly surplus: string | null;
}

/**
 * Writes each record that does not exist yet, and their places in indexes. The account is checked after the writing: if its epoch
 * ends at this moment, what was written has ended with it, and the caller is told so. Then nothing of it stays, since a deletion of
 * the account may have looked there already; nor where one that must live has ended. One round trip, two on a Cluster.
 */
export async function createRecords(
  redis: RedisClient,
  records: readonly NewRecord[],
  indexes: readonly IndexEntry[],
  { key, epochField, epoch, requiredField }: AccountEpoch,
): Promise<Creation> {
  const writes: readonly Step[] = [
    ...records.map((record) => ({
      key: record.key,
      args: ['record', record.ttlMs, record.fields.length, ...record.fields],
    })),
    ...indexes.map((index) => ({
      key: index.key,
      args: ['index', index.ttlMs, index.maxMembers ?? '', index.score, index.member],
    })),
  ];
  const check: Step = { key, args: ['account', epochField, epoch, requiredField] };
  const written = redis.isCluster ? await runSteps(redis, writes) : [];
  const done = [...written, ...(await runSteps(redis, redis.isCluster ? [check] : [...writes, check]))];
  const verdict = done.at(-1);
  if (verdict !== 'stands' && verdict !== 'ended') throw new UnexpectedReply(verdict);
  const isOver = records.some(({ mustLive }, at) => mustLive === true && done[at] === 'ended');
  const stands = verdict === 'stands' && !isOver;
  if (!stands) {
    const created = records.filter((_, at) => done[at] === 'created');
    await Promise.all(indexes.map(({ key: index, member }) => redis.zrem(index, member)));
    await Promise.all(created.map((record) => redis.unlink(record.key)));
  }
  const surplus = done.find((word) => word.startsWith('over '));
  return { stands, surplus: surplus?.slice('over '.length) ?? null };
}

/** A record as fields and values of a hash. Empty ones are left out: a missing field reads as empty. */
export function recordFields(record: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(record)
    .filter(([, value]) => value !== '')
    .flat();
}

/** Runs the steps. Resolves to the outcome of each, in order. */
async function runSteps(redis: RedisClient, steps: readonly Step[]): Promise<readonly string[]> {
  const commands = redis.isCluster ? steps.map((step) => [step]) : [steps];
  const replies = await Promise.all(
    commands.map((command) =>
      runBatched(
        redis,
        createRecordsScript,
        command.map(({ key }) => key),
        ...command.flatMap(({ args }) => args),
      ),
    ),
  );
  return replies.flatMap(replyWords);
}

/** Ends the owner's record, at the time of Redis's clock. */
export async function endOwned(
  redis: RedisClient,
  key: string,
  userId: number,
  reason: EndReason,
): Promise<'ended' | 'endedBefore' | 'unknown'> {
  const [word] = replyWords(
    await runScript(redis, endRecordScript, key, String(userId), reason, endedRecordKeptMs),
  );
  switch (word) {
    case 'ended':
    case 'unknown':
      return word;
    case 'ended_before':
      return 'endedBefore';
    default:
      throw new UnexpectedReply(word);
  }
}

/** Whether a use is worth being written down. */
export function isUseToNote(lastUsedAtMs: number | null, nowMs: number): boolean {
  return lastUsedAtMs === null || !isWithin(noteUseEveryMs, lastUsedAtMs, nowMs);
}

/** Notes a use of an active record, which stays for `ttlMs` from now. Resolves to whether it was the first ever. */
export async function noteUse(
  redis: RedisClient,
  key: string,
  nowMs: number,
  ttlMs: number,
): Promise<boolean> {
  return noteUseOf(redis, key, nowMs, ttlMs);
}

/** Lets an active record stay for `ttlMs` from now, because something that descends from it was used. */
export async function keepAlive(redis: RedisClient, key: string, ttlMs: number): Promise<void> {
  await noteUseOf(redis, key, '', ttlMs);
}

async function noteUseOf(
  redis: RedisClient,
  key: string,
  usedAt: number | '',
  ttlMs: number,
): Promise<boolean> {
  const [word] = replyOf(await runScript(redis, noteUseScript, key, usedAt, ttlMs), 'first', 'again', 'gone');
  return word === 'first';
}
