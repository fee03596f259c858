import {
  loadBatchedScript,
  loadScript,
  type RedisClient,
  replyWords,
  runBatched,
  runScript,
  UnexpectedReply,
} from '@ravi/redis';

const createRecords = loadBatchedScript(new URL('./lua/create-records.lua', import.meta.url));
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

/** How to check that an approval still stands: a hash, and the fields of it that tell. */
export interface ApprovalStillStands {
  readonly key: string;
  readonly approvedAtMs: number;
  /** The field with the time at which all that had been granted was ended. */
  readonly allEndedField: string;
  /** The field that must be there; empty for none. */
  readonly requiredField: string;
}

/** One key of the script that creates records, and the arguments that go with it. */
interface Step {
  readonly key: string;
  readonly args: readonly (string | number)[];
}

/** Writes each record that does not exist yet. One round trip; one step, except on a Cluster. */
export async function createOnce(redis: RedisClient, records: readonly NewRecord[]): Promise<void> {
  await runSteps(redis, writesOf(records));
}

/**
 * Writes records as `createOnce` does; false when their approval does not stand any more. It is checked after the writing, so
 * that an end in this moment finds the records, or is found. One round trip, two on a Cluster.
 */
export async function createAndCheckApproval(
  redis: RedisClient,
  records: readonly NewRecord[],
  { key, approvedAtMs, allEndedField, requiredField }: ApprovalStillStands,
): Promise<boolean> {
  const writes = writesOf(records);
  const check: Step = { key, args: ['approval', approvedAtMs, allEndedField, requiredField] };
  if (redis.isCluster) await runSteps(redis, writes);
  const done = await runSteps(redis, redis.isCluster ? [check] : [...writes, check]);
  const verdict = done.at(-1);
  if (verdict !== 'stands' && verdict !== 'ended') throw new UnexpectedReply(verdict);
  return verdict === 'stands';
}

/** Each record, then each index once, with all its new members. */
function writesOf(records: readonly NewRecord[]): readonly Step[] {
  const members = new Map<string, (string | number)[]>();
  for (const { index } of records) {
    const noted = members.get(index.key);
    if (noted) noted.push(index.atMs, index.member);
    else members.set(index.key, [index.atMs, index.member]);
  }
  return [
    ...records.map(({ key, expiresAtMs, fields }) => ({
      key,
      args: ['record', expiresAtMs ?? '', fields.length, ...fields],
    })),
    ...[...members].map(([key, noted]) => ({ key, args: ['index', noted.length, ...noted] })),
  ];
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
        createRecords,
        command.map(({ key }) => key),
        ...command.flatMap(({ args }) => args),
      ),
    ),
  );
  return replies.flatMap(replyWords);
}

/** Ends the owner's record. `keepMs` null: the record stays as long as it would anyway. False when there is none. */
export async function endOwned(
  redis: RedisClient,
  key: string,
  end: { userId: number; reason: EndReason; nowMs: number; keepMs: number | null },
): Promise<'ended' | 'endedBefore' | 'unknown'> {
  const [word] = replyWords(
    await runScript(redis, endRecord, key, String(end.userId), end.reason, end.nowMs, end.keepMs ?? ''),
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

/** Notes a use, at most once a minute. Resolves to whether it was the first ever. */
export async function noteUse(
  redis: RedisClient,
  key: string,
  lastUsedAtMs: number | null,
  nowMs: number,
): Promise<boolean> {
  if (lastUsedAtMs !== null && nowMs - lastUsedAtMs < noteUseEveryMs) return false;
  const [word] = replyWords(await runScript(redis, noteUseOfRecord, key, nowMs));
  if (word !== 'first' && word !== 'again' && word !== 'gone') throw new UnexpectedReply(word);
  return word === 'first';
}
