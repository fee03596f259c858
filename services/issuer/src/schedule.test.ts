import type { Membership, RedisClient } from '@ravi/redis';
import type { PublishedKeys } from '@ravi/credentials';
import { type Logger, Registry } from '@ravi/telemetry';
import type { Issuing } from './compose.ts';
import type { IssuerConfig } from './config.ts';
import { type Schedule, startSchedule } from './schedule.ts';
import type { SigningKeys } from './signing-keys/signing-keys.ts';

let schedule: Schedule;
beforeEach(() => jest.useFakeTimers());
afterEach(() => {
  schedule.stop();
  const left = jest.getTimerCount();
  jest.useRealTimers();
  if (left > 0) throw new Error(`Timers are left: ${left}.`);
});

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

/** An issuer's schedule, and what it did. What its parts find changes with `its`. */
function start() {
  const its = { disagreement: null as string | null, isStuck: false, queueCounts: [1], isRedisAway: false };
  const done: string[] = [];
  const redis = (what: string) => async () => {
    done.push(what);
    if (its.isRedisAway) throw new Error('Connection is closed.');
  };
  const queues = {
    serve: (counts: Iterable<number>) => void done.push(`serve ${[...counts].join(' ')}`),
    probe: async (isServing: boolean) => void done.push(isServing ? 'probe' : 'probe while it may not serve'),
    stuck: () => its.isStuck,
  };
  const membership = {
    get disagreement() {
      return its.disagreement;
    },
    get queueCounts() {
      return new Set(its.queueCounts);
    },
  };
  schedule = startSchedule({ auditMaxEvents: 7 } as IssuerConfig, {
    queues: queues as unknown as Issuing['queues'],
    deliveries: {
      oldest: async () => ({ webhook: null, mail: null }),
      forgetOld: redis('forget'),
    } as unknown as Issuing['deliveries'],
    membership: membership as unknown as Membership,
    commands: {
      xlen: async () => {
        done.push('measure');
        return 0;
      },
    } as unknown as RedisClient,
    published: { listWithLife: async () => [] } as unknown as PublishedKeys,
    signingKeys: { refresh: redis('refresh') } as unknown as SigningKeys,
    clock: { nowMs: () => 0 },
    logger: { fatal: (text: string) => void done.push(`fatal: ${text}`) } as unknown as Logger,
    registry: new Registry(),
  });
  const times = (what: string) => done.filter((one) => one === what).length;
  return { its, done, times };
}

test('it serves, probes and measures at once, then each at its interval, until it is stopped', async () => {
  const { done, times } = start();
  await schedule.begun;
  expect(done.toSorted()).toEqual(['measure', 'probe', 'serve 1']);
  await pass(60_000);
  const counts = () => [times('probe'), times('measure'), times('refresh'), times('forget')];
  expect(counts()).toEqual([21, 13, 30, 0]);
  await pass(540_000);
  expect(times('forget')).toBe(1);
  const before = counts();
  schedule.stop();
  await pass(3_600_000);
  expect(counts()).toEqual(before);
});

test('the single queue is served always, and all over which any process spreads logins', async () => {
  const { its, done } = start();
  its.queueCounts = [3];
  await pass(3_000);
  its.queueCounts = [3, 1, 2];
  await pass(3_000);
  expect(done.filter((one) => one.startsWith('serve'))).toEqual(['serve 1', 'serve 1 3', 'serve 1 3 2']);
});

test('while it disagrees with other processes, it probes without missing the jobs', async () => {
  const { its, done } = start();
  its.disagreement = 'its SECRET differs';
  await pass(3_000);
  its.disagreement = null;
  await pass(3_000);
  expect(done.filter((one) => one.startsWith('probe'))).toEqual([
    'probe',
    'probe while it may not serve',
    'probe',
  ]);
});

test('one that is stuck says so, and exits with 1, to be restarted', async () => {
  const { its, done } = start();
  // Put back when the file has run.
  process.exit = ((code) => void done.push(`exit ${code}`)) as typeof process.exit;
  const last = () => done.filter((one) => /^(?:fatal|exit)/.test(one));
  await pass(2_999);
  its.isStuck = true;
  expect(last()).toEqual([]);
  await pass(1);
  expect(last()).toEqual([
    'fatal: no job was taken for a minute although Redis answers; exiting, to be restarted',
    'exit 1',
  ]);
});

test('while Redis is away, it goes on and tries again', async () => {
  const { its, times } = start();
  its.isRedisAway = true;
  await pass(600_000);
  its.isRedisAway = false;
  await pass(600_000);
  expect([times('forget'), times('refresh')]).toEqual([2, 600]);
});
