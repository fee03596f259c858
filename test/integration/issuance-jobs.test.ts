import { randomUUID } from 'node:crypto';
import type { MintId, MintSettlement } from '@ravi/credentials';
import type { ApprovedLogin } from '@ravi/device-login';
import { connectRedis } from '@ravi/redis';
import { newestFormat, writtenFormat } from '@ravi/runtime';
import type { Tracing } from '@ravi/telemetry';
import {
  type IssuanceWorkerOptions,
  openIssuanceQueue,
  startIssuanceWorker,
} from '../../services/issuer/src/issuance-worker.ts';
import type { Issued } from '../../services/issuer/src/issue-login.ts';
import { connectedRedis } from '../support/connected-redis.ts';
import { eventually } from '../support/eventually.ts';

const { redis, url } = await connectedRedis();
const connection = connectRedis({ kind: 'single', url }, 'worker', 'test');
afterAll(() => connection.disconnect());
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** An issuer over a queue of its own: what its logins and requests come to is given, and what it does is noted. */
function serving(issued: Readonly<Record<string, Issued>>, options: Partial<IssuanceWorkerOptions> = {}) {
  const prefix = `{test:${randomUUID()}}`;
  const done: string[] = [];
  const log = (level: string) => (fields: object, text: string) =>
    void done.push(`${level} ${Object.values(fields).map(String).join(' ')}: ${text}`);
  const worker = startIssuanceWorker({
    connection,
    prefix,
    concurrency: 1,
    logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') } as never,
    issuing: () => async (loginId, userId) => {
      done.push(`issue ${loginId} of ${userId}`);
      return issued[loginId] ?? { kind: 'gone', waiters: [] };
    },
    onIssued: async (loginId, { clientName }) => void done.push(`tell of ${loginId} of ${clientName}`),
    mint: (mintId) => Promise.resolve(mints[mintId] ?? { kind: 'refused', waiters: [] }),
    wake: async (instance, id) => void done.push(`wake ${instance} for ${id}`),
    onOutcome: (outcome) => void done.push(`count ${outcome}`),
    onRetry: (error) => void done.push(`retry: ${messageOf(error)}`),
    onTaken: () => void done.push('taken'),
    tracing: null,
    ...options,
  });
  const queue = openIssuanceQueue(redis, prefix);
  ends.push(
    () => worker.close(),
    () => queue.close(),
  );
  return {
    done,
    prefix,
    queue,
    worker,
    /** Resolves once the queue is empty, with what was done. */
    served: async () => {
      await eventually('the job is served', async () => (await queue.getJobCountByTypes()) === 0);
      return done;
    },
  };
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

const mints: Readonly<Record<string, MintSettlement>> = {
  made: { kind: 'settled', again: false, waiters: ['one', 'two'] },
  late: { kind: 'refused', waiters: ['three'] },
};
const login = { clientName: 'agent' } as ApprovedLogin;
const entries = (...ids: readonly string[]) => ids.map((loginId) => ({ loginId, userId: 7 }));
const v = writtenFormat;

test('each login of a job is issued, the apis that hold its program and its pages are woken, and its person is told; of one that was given nothing nobody is', async () => {
  const steps: string[] = [];
  const its = serving(
    {
      fresh: { kind: 'issued', waiters: ['one'], login },
      before: { kind: 'issuedBefore', waiters: [], login },
      orphan: { kind: 'aborted', waiters: ['two', 'a page'], reason: 'account_gone' },
    },
    { tracing: { step: (name: string, id: string) => void steps.push(`${name} ${id}`) } as never },
  );
  await its.queue.add('issue', { v, logins: entries('fresh', 'before', 'orphan', 'denied') });
  const done = await its.served();
  const of = (what: string) => done.filter((line) => line.startsWith(`${what} `)).toSorted();
  expect(of('issue')).toEqual(['before', 'denied', 'fresh', 'orphan'].map((id) => `issue ${id} of 7`));
  expect(of('wake')).toEqual(['wake a page for orphan', 'wake one for fresh', 'wake two for orphan']);
  expect(of('tell')).toEqual(['tell of before of agent', 'tell of fresh of agent']);
  expect(of('count')).toEqual(['count aborted', 'count gone', 'count issued', 'count issuedBefore']);
  expect(of('error')).toEqual([
    'error orphan aborted 0 account_gone: login aborted: no credentials can be made for it',
  ]);
  expect(done.filter((line) => line === 'taken')).toHaveLength(1);
  expect(steps.filter((step) => step.endsWith('fresh'))).toEqual(['queue fresh', 'issue fresh']);
  // The program does not wait until its person is told.
  expect(done.indexOf('wake one for fresh')).toBeLessThan(done.indexOf('tell of fresh of agent'));
});

test('in a trace the time in the queue ends where that of issuing begins', async () => {
  const steps = new Map<string, { readonly beganAtMs: number; readonly endedAtMs?: number }>();
  const step: Tracing['step'] = (name, _, times) => void steps.set(name, times);
  const issuing = () => async (): Promise<Issued> => {
    const beganMs = Date.now();
    await eventually('it takes a while', () => Date.now() > beganMs);
    return { kind: 'gone', waiters: [] };
  };
  const its = serving({}, { tracing: { step } as Tracing, issuing });
  await its.queue.add('issue', { v, logins: entries('one') });
  await its.served();
  expect(steps.get('queue')?.endedAtMs).toBe(steps.get('issue')?.beganAtMs);
});

test('a login that fails holds up none of those that share its job, and is alone in it when it is tried again', async () => {
  let failures = 0;
  const its = serving(
    { one: { kind: 'issued', waiters: [], login }, two: { kind: 'issued', waiters: ['api'], login } },
    {
      onIssued: async (loginId) => {
        if (loginId === 'two' && failures++ === 0) throw new Error('no mail can be written');
        its.done.push(`tell of ${loginId}`);
      },
    },
  );
  await its.queue.add('issue', { v, logins: entries('one', 'two', 'three') }, { attempts: 3, backoff: 1 });
  const done = await its.served();
  const tried = (id: string) => done.filter((line) => line === `issue ${id} of 7`).length;
  expect([tried('one'), tried('two'), tried('three')]).toEqual([1, 2, 1]);
  expect(done.filter((line) => /^(?:tell|retry)/.test(line))).toEqual([
    'tell of one',
    'retry: no mail can be written',
    'tell of two',
  ]);
});

test('each request for credentials is served, and every api that waits for it is woken', async () => {
  const its = serving({});
  await its.queue.add('mint', { v, mintIds: ['made', 'late', 'gone'] as MintId[] });
  const done = await its.served();
  expect(done.filter((line) => !line.startsWith('debug')).toSorted()).toEqual([
    'count minted',
    'count refused',
    'count refused',
    'taken',
    'wake one for made',
    'wake three for late',
    'wake two for made',
  ]);
});

test('a request that fails is alone in the job that is tried again', async () => {
  const served: string[] = [];
  const its = serving(
    {},
    {
      mint: async (mintId) => {
        served.push(mintId);
        if (mintId === 'late' && served.filter((id) => id === mintId).length === 1)
          throw new Error('Connection is closed.');
        return { kind: 'settled', again: false, waiters: [] };
      },
    },
  );
  await its.queue.add('mint', { v, mintIds: ['made', 'late'] as MintId[] }, { attempts: 2, backoff: 1 });
  const done = await its.served();
  expect(served).toEqual(['made', 'late', 'late']);
  // An outage has lines of its own.
  expect(done.filter((line) => /^(?:warn|debug)/.test(line))).toEqual([
    expect.stringMatching(/^debug Error: Connection is closed\. .*: issuance failed; it is tried again$/),
  ]);
});

test('a queue that cannot be reached is told in the log, and ends nothing', () => {
  const its = serving({});
  its.worker.emit('error', new Error('Connection is closed.'));
  expect(its.done).toEqual(['debug Error: Connection is closed.: the queue cannot be reached']);
});

test('a probe is taken and does nothing more; a job of no known kind is given up at once', async () => {
  const its = serving({});
  await its.queue.add('probe', { v, probe: true });
  expect(await its.served()).toEqual(['taken']);
  await its.queue.add('issue', { v } as never, { attempts: 5 });
  await its.served();
  expect(its.done.slice(1)).toEqual([
    'taken',
    expect.stringMatching(/^warn .*The job has an unknown format.*: a job was given up$/),
  ]);
});

test('a process that is killed holds its jobs for five seconds at most: then another may take over the logins and refreshes in them', async () => {
  const heldMs: number[] = [];
  const its = serving(
    {},
    {
      mint: async () => {
        heldMs.push(await redis.pttl(`${its.prefix}:${its.queue.name}:${job.id}:lock`));
        return { kind: 'refused', waiters: [] };
      },
    },
  );
  // It takes the job once the test knows its id.
  await its.worker.pause();
  const job = await its.queue.add('mint', { v, mintIds: ['made'] as MintId[] });
  await its.worker.resume();
  await its.served();
  const [ms = 0] = heldMs;
  expect(heldMs).toHaveLength(1);
  expect(ms).toBeGreaterThan(0);
  expect(ms).toBeLessThanOrEqual(5_000);
});

test('a job whose process dies is taken over, as often as it takes', async () => {
  const dead = Promise.withResolvers<Issued>();
  let deaths = 0;
  const its = serving(
    {},
    {
      concurrency: 3,
      issuing: () => async () => {
        if (deaths++ === 2) return { kind: 'issued', waiters: ['one'], login };
        // Nobody holds the job any more, and this process does nothing more with it.
        await redis.del(`${its.prefix}:${its.queue.name}:${job.id}:lock`);
        return dead.promise;
      },
    },
  );
  const job = await its.queue.add('issue', { v, logins: entries('fresh') }, { attempts: 1 });
  try {
    await its.served();
    expect(its.done.filter((line) => /^(?:wake|tell)/.test(line))).toEqual([
      'wake one for fresh',
      'tell of fresh of agent',
    ]);
  } finally {
    dead.resolve({ kind: 'gone', waiters: [] });
  }
});

test('a job that only a newer release reads goes back into the queue for two seconds, as often as it takes: that counts as no attempt', async () => {
  const its = serving({});
  const job = await its.queue.add('issue', { v: newestFormat + 1, logins: entries('one') }, { attempts: 1 });
  for (let times = 1; times <= 3; times++) {
    await eventually('it waits again', async () => (await job.getState()) === 'delayed');
    expect(its.done).toHaveLength(2 * times);
    const { delay = 0 } = (await its.queue.getJob(job.id ?? '')) ?? {};
    expect([delay > 1_000, delay <= 2_000]).toEqual([true, true]);
    await job.promote();
  }
  expect(its.done.slice(0, 2)).toEqual([
    'taken',
    expect.stringMatching(/^warn .*: left for a newer release$/),
  ]);
});

test('a job that a worker was just fetching when it was paused goes back into the queue, at its place, and counts as no attempt', async () => {
  const its = serving({});
  its.worker.once('active', () => void its.worker.pause(true));
  const [first, second] = await its.queue.addBulk(
    ['one', 'two'].map((id) => ({
      name: 'issue',
      data: { v, logins: entries(id) },
      opts: { attempts: 1 },
    })),
  );
  await eventually('it is fetched', () => its.worker.isPaused());
  await eventually('it is put back', async () => (await first?.getState()) === 'waiting');
  expect(await second?.getState()).toBe('waiting');
  expect(its.done).toEqual([]);
  await its.worker.resume();
  await its.served();
  expect(its.done.filter((line) => line.startsWith('issue'))).toEqual(['issue one of 7', 'issue two of 7']);
});
