import { issuanceQueueName, issuanceQueuePrefix } from '@ravi/contract';
import { connectRedis, type RedisClient, spreadHashTags } from '@ravi/redis';
import { writtenFormat } from '@ravi/runtime';
import { Registry } from '@ravi/telemetry';
import type { IssuerConfig } from '../../services/issuer/src/config.ts';
import { openIssuanceQueue } from '../../services/issuer/src/issuance-worker.ts';
import { openReadiness } from '../../services/issuer/src/readiness.ts';
import { ServedQueues } from '../../services/issuer/src/served-queues.ts';
import { atBest } from '../support/at-best.ts';
import { connectedRedis } from '../support/connected-redis.ts';
import { eventually } from '../support/eventually.ts';

const { redis, url } = await connectedRedis();
const connection = connectRedis({ kind: 'single', url }, 'worker', 'test');
afterAll(() => connection.disconnect());

const ends: (() => unknown)[] = [];
const realNowMs = performance.now.bind(performance);
let aheadMs = 0;
beforeEach(() => {
  aheadMs = 0;
  performance.now = () => realNowMs() + aheadMs;
});
afterEach(async () => {
  performance.now = realNowMs;
  for (const end of ends.splice(0)) await end();
  await redis.flushdb();
});

const [single = ''] = spreadHashTags(issuanceQueuePrefix, 1);
const two = spreadHashTags(issuanceQueuePrefix, 2);
const log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} } as never;

interface Its {
  readonly instance?: string;
  readonly concurrency?: number;
  readonly commands?: RedisClient;
  /** Resolves once the login is issued. */
  readonly issue?: (login: string) => Promise<void>;
}

/** The queues of an issuer, and the logins that they gave it, in order. */
function issuer({ instance = 'one', concurrency = 2, issue = async () => {}, commands = redis }: Its = {}) {
  const taken: string[] = [];
  const failures: string[] = [];
  const queues = new ServedQueues({
    commands,
    connection,
    instance,
    concurrency,
    logger: log,
    issuing: () => async (loginId) => {
      taken.push(loginId);
      await issue(loginId);
      return { kind: 'gone', waiters: [] };
    },
    onIssued: async () => {},
    mint: async () => ({ kind: 'refused', waiters: [] }),
    wake: async () => {},
    onOutcome: () => {},
    onRetry: () => {},
    onProbeFailure: (error) => void failures.push(error instanceof Error ? error.message : String(error)),
    tracing: null,
  });
  const end = async () => {
    await queues.finish();
    await queues.close();
  };
  ends.push(end);
  return { queues, taken, failures, end };
}

/** A queue as an api has it. */
function queueAt(prefix: string) {
  const queue = openIssuanceQueue(redis, prefix);
  ends.push(() => queue.close());
  return {
    add: (...logins: readonly string[]) =>
      queue.addBulk(
        logins.map((loginId) => ({
          name: 'issue',
          data: { v: writtenFormat, logins: [{ loginId, userId: 7 }] },
        })),
      ),
    waiting: () => queue.getWaitingCount(),
  };
}

/** Resolves once another issuer has taken five logins from another queue, one after the other: time enough for any issuer to take one. */
async function othersTakeSome(): Promise<void> {
  const other = issuer({ instance: 'another' });
  const [prefix = ''] = two;
  const queue = queueAt(prefix);
  other.queues.serve([2]);
  for (let times = 1; times <= 5; times++) {
    await queue.add(`of another ${times}`);
    await eventually('another takes one', () => other.taken.length === times);
  }
  await other.end();
}

test('before it serves a queue an issuer says that it starts; it is ready once it took a job of each, and each is served once', async () => {
  const { queues } = issuer();
  expect(queues.unreadyReason()).toBe('Starting.');
  queues.serve([1]);
  expect(queues.unreadyReason()).toBe('Redis takes no jobs: it has not answered yet.');
  await queues.probe(true);
  await queues.firstTaken();
  queues.serve([1]);
  expect(queues.unreadyReason()).toBeNull();

  queues.serve([1, 2]);
  expect(queues.unreadyReason()).toBe('Redis takes no jobs: it has not answered yet.');
  await queues.probe(true);
  await queues.firstTaken();
  expect(queues.unreadyReason()).toBeNull();
});

test('of several queues each has its share of the concurrency, rounded up; the single one has all of it', async () => {
  const running = new Map<string, number>();
  const most = new Map<string, number>();
  const held: (() => void)[] = [];
  const { queues } = issuer({
    concurrency: 3,
    issue: async (login) => {
      const [queue = ''] = login.split(' ');
      const count = (running.get(queue) ?? 0) + 1;
      running.set(queue, count);
      most.set(queue, Math.max(most.get(queue) ?? 0, count));
      await new Promise<void>((resolve) => void held.push(resolve));
      running.set(queue, (running.get(queue) ?? 0) - 1);
    },
  });
  const logins = (name: string) => Array.from({ length: 6 }, (_, index) => `${name} ${index}`);
  const [first = '', second = ''] = two;
  await queueAt(single).add(...logins('single'));
  await queueAt(first).add(...logins('first'));
  await queueAt(second).add(...logins('second'));
  queues.serve([1, 2]);
  const counts = (of: ReadonlyMap<string, number>) =>
    ['single', 'first', 'second'].map((name) => of.get(name));
  await eventually('each has its share', () => counts(running).join() === '3,2,2');
  for (let served = 0; served < 18; served++) (await eventually('one is taken', () => held.shift()))();
  expect(counts(most)).toEqual([3, 2, 2]);
});

test('of each issuer at most one probe waits in a queue; those of others wait beside it', async () => {
  const [one, other] = [issuer({ instance: 'one' }), issuer({ instance: 'other' })];
  const queue = queueAt(single);
  for (const { queues } of [one, other]) {
    queues.pause();
    queues.serve([1]);
  }
  for (let times = 0; times < 3; times++) await one.queues.probe(true);
  expect(await queue.waiting()).toBe(1);
  await other.queues.probe(true);
  expect(await queue.waiting()).toBe(2);
  one.queues.resume();
  await one.queues.firstTaken();
  const allTaken = () => eventually('it takes all', async () => (await queue.waiting()) === 0);
  await allTaken();
  // Each is a job of its own: this one takes them all the time.
  for (let times = 0; times < 22; times++) {
    aheadMs += 3_000;
    await one.queues.probe(true);
    await allTaken();
  }
  expect(one.queues.unreadyReason()).toBeNull();
});

test('an issuer that is paused finishes what it has, and takes nothing more, not even what it was waiting for, until it goes on', async () => {
  const finish = Promise.withResolvers<void>();
  const done: string[] = [];
  const { queues, taken } = issuer({
    issue: async (login) => {
      if (login === 'long') await finish.promise;
      done.push(login);
    },
  });
  const queue = queueAt(single);
  queues.serve([1]);
  await queue.add('long', 'short');
  await eventually('it has finished one, and waits for more', () => done.includes('short'));
  await othersTakeSome();
  queues.pause();
  await queue.add('later');
  await othersTakeSome();
  finish.resolve();
  await eventually('it finishes the other', () => done.includes('long'));
  await othersTakeSome();
  expect(taken).toEqual(['long', 'short']);
  queues.resume();
  await eventually('it goes on', () => done.includes('later'));
});

test('a job that wakes an issuer which was just paused is taken by another that waits, at once', async () => {
  const waits = async (count: number) => {
    const clients = String(await redis.client('LIST')).split('\n');
    return clients.filter((client) => client.includes(' cmd=bzpopmin ')).length === count;
  };
  const measure = async () => {
    const [paused, other] = [issuer({ instance: 'paused' }), issuer({ instance: 'other' })];
    paused.queues.serve([1]);
    await eventually('one waits', () => waits(1));
    other.queues.serve([1]);
    // Redis gives it to the one that waits for longer.
    await eventually('both wait', () => waits(2));
    paused.queues.pause();
    const addedMs = realNowMs();
    await queueAt(single).add('one');
    await eventually('it is taken', () => other.taken.length === 1);
    const tookMs = realNowMs() - addedMs;
    expect(paused.taken).toEqual([]);
    for (const { end } of [paused, other]) await end();
    return tookMs;
  };
  expect(await atBest(500, measure)).toBeLessThan(500);
});

test('a queue that comes to those of a paused issuer is served once it goes on', async () => {
  const { queues, taken } = issuer();
  const queue = queueAt(single);
  queues.pause();
  await queue.add('early');
  queues.serve([1]);
  await othersTakeSome();
  expect(taken).toEqual([]);
  queues.resume();
  await eventually('it is taken', () => taken.length === 1);
  const [first = ''] = two;
  await queueAt(first).add('later');
  queues.serve([2]);
  await eventually('one that comes afterwards is served at once', () => taken.length === 2);
});

test('an issuer that may take no jobs is unready, and not stuck however long; one that takes none though it may, is stuck after a minute', async () => {
  const { queues } = issuer();
  queues.serve([1]);
  await queues.probe(true);
  await queues.firstTaken();
  queues.pause();
  const probeFor = async (seconds: number, isServing: boolean) => {
    for (let passed = 0; passed < seconds; passed += 3) {
      aheadMs += 3_000;
      await queues.probe(isServing);
    }
  };
  await probeFor(120, false);
  expect(queues.stuck()).toBe(false);
  expect(queues.unreadyReason()).toBe('Redis takes no jobs: this process may take none now.');
  await probeFor(66, true);
  expect(queues.stuck()).toBe(true);
  expect(queues.unreadyReason()).toBe('No job was taken from the queue lately.');
});

test('an issuer whose Redis takes no jobs says why', async () => {
  const { queues, failures } = issuer();
  await redis.set(`${single}:${issuanceQueueName}:wait`, 'no list');
  queues.pause();
  queues.serve([1]);
  await queues.probe(true);
  expect(failures).toEqual([expect.stringContaining('WRONGTYPE')]);
  expect(queues.unreadyReason()).toBe(`Redis takes no jobs: ${failures[0]}`);
});

test('an issuer whose Redis is away says that it does not answer, not what a library makes of that', async () => {
  const commands = connectRedis({ kind: 'single', url }, 'commands', 'test');
  commands.on('error', () => undefined);
  const { queues } = issuer({ commands });
  queues.serve([1]);
  commands.disconnect();
  await queues.probe(true);
  expect(queues.unreadyReason()).toBe('Redis takes no jobs: it does not answer.');
});

const canSign = { unreadyReason: () => null };

/** An issuer's admin port and its place among the processes. */
async function readinessOf(adminPort = 0) {
  const told: string[] = [];
  const config = { adminPort, adminBindAddress: null, agreed: { SECRET: ['a'] }, queues: 1 };
  const readiness = await openReadiness(config as unknown as IssuerConfig, {
    commands: redis,
    instance: 'one',
    logger: { error: (text: string) => told.push(text), info: (text: string) => told.push(text) } as never,
    registry: new Registry(),
  });
  ends.push(
    () => readiness.membership.stop(),
    () => readiness.admin.close(),
  );
  const address = readiness.admin.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } });
    return [answer.status, await answer.json()];
  };
  return { readiness, told, port, ask };
}

test('an issuer is alive until it is stuck, and ready once it takes jobs and while it can sign', async () => {
  const { readiness, ask } = await readinessOf();
  expect([await ask('/livez'), await ask('/readyz')]).toEqual([
    [200, { status: 'ok' }],
    [503, { detail: 'Starting.' }],
  ]);
  const its = { reason: null as string | null, keys: null as string | null, isStuck: false };
  readiness.serve({ unreadyReason: () => its.reason, stuck: () => its.isStuck } as ServedQueues, {
    unreadyReason: () => its.keys,
  });
  expect([await ask('/livez'), await ask('/readyz')]).toEqual([
    [200, { status: 'ok' }],
    [200, { status: 'ok' }],
  ]);
  its.keys = 'Every signing key of this issuer is retired.';
  expect(await ask('/readyz')).toEqual([503, { detail: its.keys }]);
  its.keys = null;
  its.reason = 'No job was taken from the queue lately.';
  its.isStuck = true;
  expect([await ask('/livez'), await ask('/readyz')]).toEqual([
    [503, { detail: 'Restart this process.' }],
    [503, { detail: its.reason }],
  ]);
});

test('an admin port that another process has is told, and what to set', async () => {
  const { port } = await readinessOf();
  await expect(readinessOf(port)).rejects.toThrow(`Port ${port} is taken; set ADMIN_PORT to another one`);
});

test('a running issuer that comes to disagree with others takes no more jobs and is unready, until they have gone', async () => {
  const { readiness, told, ask } = await readinessOf();
  await readiness.membership.join();
  const { queues, taken } = issuer();
  readiness.serve(queues, canSign);
  queues.serve([1]);
  await queues.probe(true);
  await queues.firstTaken();
  expect(await ask('/readyz')).toEqual([200, { status: 'ok' }]);

  // Redis lost the entries, and one with another secret joined meanwhile that had served for longer.
  const other = { service: 'api', settings: { SECRET: ['b'] }, queues: '1', joined: true };
  const entry = JSON.stringify({ ...other, seen_at: Date.now() + 10_000, joined_at: 0 });
  await redis.hset('ravi:processes', 'another', entry);
  const sentence = 'This process does not serve: its SECRET differs from what is in use at api another.';
  await eventually('it says so', () => told.includes(sentence));
  expect(await ask('/readyz')).toEqual([503, { detail: sentence }]);
  await queueAt(single).add('one');
  await othersTakeSome();
  expect(taken).toEqual([]);

  await redis.hdel('ravi:processes', 'another');
  await eventually('it agrees', () => {
    // Others have 6.5 s to come back.
    aheadMs += 100;
    return told.includes('the settings agree with those of the other processes');
  });
  await eventually('it goes on', () => taken.length === 1);
  expect(await ask('/readyz')).not.toEqual([503, { detail: sentence }]);
});
