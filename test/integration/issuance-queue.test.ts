import { randomUUID } from 'node:crypto';
import {
  type AccountMailJob,
  issuanceQueueName,
  issuanceQueuePrefix,
  mailQueueName,
  maxPerJob,
} from '@ravi/contract';
import type { MintId } from '@ravi/credentials';
import type { LoginId } from '@ravi/device-login';
import { slotPart, spreadHashTags } from '@ravi/redis';
import { writtenFormat } from '@ravi/runtime';
import { type Job, Queue } from 'bullmq';
import { openMailQueue } from '../../services/api/src/issuance/mail-queue.ts';
import { type IssuanceQueue, openIssuanceQueue } from '../../services/api/src/issuance/queue.ts';
import { connectedRedis } from '../support/connected-redis.ts';

const { redis } = await connectedRedis();
const open: { close(): Promise<void> }[] = [];
beforeEach(async () => {
  await redis.flushall();
});
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

const v = writtenFormat;
const login = (id: string, startedAtMs = 1) => ({ loginId: id as LoginId, userId: 7, startedAtMs });
const mint = (id: string) => id as MintId;

/** The queues as an api opens them, and as somebody who looks into them sees them. */
function opened(count: number): { queue: IssuanceQueue; seen: readonly Queue[] } {
  const queue = openIssuanceQueue(redis, count);
  const seen = spreadHashTags(issuanceQueuePrefix, count).map(
    (prefix) => new Queue(issuanceQueueName, { connection: redis, prefix, skipMetasUpdate: true }),
  );
  open.push(queue, ...seen);
  return { queue, seen };
}
const jobsOf = async (seen: readonly Queue[]): Promise<readonly Job[]> =>
  (await Promise.all(seen.map((each) => each.getJobs(['waiting', 'delayed', 'active'], 0, -1, true)))).flat();
const idsOf = async (seen: readonly Queue[]) => (await jobsOf(seen)).map(({ id }) => id);

test('a lone login has a job of its own, however often it is added; the same code started later has another', async () => {
  const { queue, seen } = opened(1);
  await queue.add(login('a', 1));
  await queue.add(login('a', 1));
  await queue.addAgain('a' as LoginId, 1);
  await queue.addAgain('a' as LoginId, 2);
  const jobs = await jobsOf(seen);
  expect(jobs.map(({ id, name, data }) => [id, name, data])).toEqual([
    ['issue.a.1', 'issue', { v, logins: [{ loginId: 'a', userId: 7 }] }],
    ['issue.a.2', 'issue', { v, logins: [{ loginId: 'a' }] }],
  ]);
  // For as long as a login lives; then it leaves nothing behind.
  for (const { opts } of jobs)
    expect(opts).toMatchObject({
      attempts: 500,
      backoff: { type: 'fixed', delay: 2_000, jitter: 0.5 },
      removeOnComplete: true,
      removeOnFail: true,
    });
});

test('logins that come together share a job, and one of them can still be added by itself', async () => {
  const { queue, seen } = opened(1);
  const ids = Array.from({ length: maxPerJob + 2 }, (_, index) => `login-${index}`);
  await Promise.all(ids.map((id) => queue.add(login(id))));
  const logins = (await jobsOf(seen)).map(({ data }) =>
    (data as { logins: { loginId: string }[] }).logins.map(({ loginId }) => loginId),
  );
  expect(logins.map(({ length }) => length)).toEqual([1, maxPerJob, 1]);
  expect(logins.flat()).toEqual(ids);
  const [, second = ''] = ids;
  await queue.addAgain(second as LoginId, 1);
  expect(await idsOf(seen)).toContain(`issue.${second}.1`);
});

test('a request for credentials is tried a few times, alone or with others, each of them once', async () => {
  const { queue, seen } = opened(1);
  await queue.addMint(mint('a'));
  await queue.addMintAgain(mint('a'));
  const [first, ...others] = ['b', 'c', 'd', 'c'].map((id) => queue.addMint(mint(id)));
  await Promise.all([first, ...others]);
  const jobs = await jobsOf(seen);
  expect(jobs.map(({ name, data, opts }) => [name, data, opts.attempts])).toEqual([
    ['mint', { v, mintIds: ['a'] }, 5],
    ['mint', { v, mintIds: ['b'] }, 5],
    ['mint', { v, mintIds: ['c', 'd'] }, 5],
  ]);
  expect(jobs.slice(0, 2).map(({ id }) => id)).toEqual(['mint.a', 'mint.b']);
});

test('an id gives its queue; those that share a job go to that of the first', async () => {
  const { queue, seen } = opened(3);
  const ids = Array.from({ length: 12 }, () => randomUUID());
  for (const id of ids) {
    await queue.addAgain(id as LoginId, 1);
    await queue.addMintAgain(mint(id));
  }
  for (const [part, each] of seen.entries()) {
    const own = ids.filter((id) => slotPart(id, 3) === part);
    expect(new Set(await idsOf([each]))).toEqual(
      new Set(own.flatMap((id) => [`issue.${id}.1`, `mint.${id}`])),
    );
  }
  await redis.flushall();
  const [alone = '', first = '', ...rest] = ids;
  await Promise.all([alone, first, ...rest].map((id) => queue.add(login(id))));
  const shared = seen[slotPart(first, 3)];
  expect((await jobsOf(shared ? [shared] : [])).some(({ data }) => data.logins.length === 11)).toBe(true);
});

test('what waits is counted over all queues: in each state, and since when', async () => {
  const { queue, seen } = opened(3);
  expect(await queue.state()).toEqual({ waiting: 0, active: 0, retrying: 0, oldestAddedAtMs: null });
  const [one, two, three] = seen as readonly [Queue, Queue, Queue];
  await one.add('issue', {}, { timestamp: 5_000 });
  await one.add('issue', {}, { timestamp: 6_000 });
  expect(await queue.state()).toEqual({ waiting: 2, active: 0, retrying: 0, oldestAddedAtMs: 5_000 });
  await two.add('issue', {}, { timestamp: 4_000, delay: 60_000 });
  expect(await queue.state()).toEqual({ waiting: 2, active: 0, retrying: 1, oldestAddedAtMs: 4_000 });
  // The one that is tried next is not the oldest.
  await two.add('issue', {}, { timestamp: 4_500, delay: 1_000 });
  expect(await queue.state()).toEqual({ waiting: 2, active: 0, retrying: 2, oldestAddedAtMs: 4_000 });
  await three.add('issue', {}, { timestamp: 3_000, jobId: 'taken' });
  await redis.rpoplpush(three.toKey('wait'), three.toKey('active'));
  expect(await queue.state()).toEqual({ waiting: 2, active: 1, retrying: 2, oldestAddedAtMs: 3_000 });
});

test('a mail is added once; above 50,000 that wait, those to be tried again included, but not those that wait for their time, it is not', async () => {
  const mails = openMailQueue(redis);
  const seen = new Queue(mailQueueName, {
    connection: redis,
    prefix: issuanceQueuePrefix,
    skipMetasUpdate: true,
  });
  open.push(mails, seen);
  const mail = {
    about: 'account',
    kind: 'reset',
    userId: 7,
    atMs: 1,
    address: '',
    userAgent: '',
    language: '',
  };
  expect(await mails.add('one', mail as AccountMailJob)).toBe(true);
  expect(await mails.add('one', mail as AccountMailJob)).toBe(true);
  const jobs = await jobsOf([seen]);
  expect(jobs.map(({ id, name, data }) => [id, name, data])).toEqual([['one', 'deliver', mail]]);
  // A mail server that is busy for hours loses none.
  for (const { opts } of jobs)
    expect(opts).toMatchObject({
      attempts: 15,
      backoff: { type: 'exponential', delay: 1_000, jitter: 0.3 },
      removeOnComplete: { age: 3_600, count: 1_000 },
      removeOnFail: { age: 86_400, count: 1_000 },
    });
  const fill = async (key: string, count: number) =>
    key === 'wait'
      ? redis.rpush(seen.toKey(key), ...Array.from({ length: count }, (_, index) => `w${index}`))
      : redis.zadd(
          seen.toKey(key),
          ...Array.from({ length: count }, (_, index) => [index, `d${index}`]).flat(),
        );
  await fill('wait', 24_998);
  await fill('delayed', 25_000);
  expect(await mails.add('two', mail as AccountMailJob)).toBe(true);
  expect(await mails.add('three', mail as AccountMailJob)).toBe(false);
  expect(await seen.getJob('three')).toBeUndefined();
  for (const [delay, added] of [
    // Before its last attempt, and for the end of a login that nobody uses.
    [2 ** 13 * 1000, false],
    [24 * 3600 * 1000, true],
  ] as const) {
    await redis.del(seen.toKey('delayed'), seen.toKey('wait'));
    await seen.add('deliver', mail, { delay });
    const [, score = ''] = await redis.zrange(seen.toKey('delayed'), '0', '0', 'WITHSCORES');
    const alike = Array.from({ length: 50_000 }, (_, index) => [score, `later${index}`]);
    await redis.zadd(seen.toKey('delayed'), ...alike.flat());
    expect([delay, await mails.add(`after ${delay}`, mail as AccountMailJob)]).toEqual([delay, added]);
  }
});
