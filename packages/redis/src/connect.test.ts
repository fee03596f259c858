import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Cluster, Redis } from 'ioredis';
import { eventually } from '../../../test/support/eventually.ts';
import { FakeRedis } from '../../../test/support/fake-redis.ts';
import { FakeSentinel } from '../../../test/support/fake-sentinel.ts';
import { BatchingRedis } from './batching-redis.ts';
import type { RedisClient } from './client.ts';
import { type ConnectionRole, connectRedis } from './connect.ts';
import { PatientCluster } from './time-out-patiently.ts';
import type { RedisTopology } from './topology.ts';
import { isRedisUnavailable } from './unavailable.ts';
import { WorkerCluster, WorkerRedis } from './worker-redis.ts';

let redis: FakeRedis;
let sentinel: FakeSentinel;
beforeAll(async () => {
  redis = await FakeRedis.start(([name, key]) => {
    if (name !== 'get') return null;
    if (key === 'mine') return "-READONLY You can't write against a read only replica.\r\n";
    if (key === 'list') return '-WRONGTYPE Operation against a key holding the wrong kind of value\r\n';
    return key === 'silent' ? '' : null;
  });
  sentinel = await FakeSentinel.start(redis.port);
});
afterAll(async () => {
  await sentinel.stop();
  await redis.stop();
});

const opened: RedisClient[] = [];
afterEach(async () => {
  for (const client of opened.splice(0)) client.disconnect();
  await eventually('all connections are closed', () => redis.open === 0);
});

const kinds = ['single', 'sentinel', 'cluster'] as const;

function open(kind: (typeof kinds)[number], role: ConnectionRole): RedisClient {
  const url = `redis://127.0.0.1:${redis.port}`;
  const at = (port: number) => [{ host: '127.0.0.1', port }];
  const topology: RedisTopology =
    kind === 'single'
      ? { kind, url }
      : kind === 'sentinel'
        ? { kind, url, sentinels: at(sentinel.port), name: 'mymaster' }
        : { kind, url, nodes: at(redis.port) };
  const client = connectRedis(topology, role, 'test');
  client.on('error', () => undefined);
  opened.push(client);
  return client;
}

const roles = [
  ['commands', true, BatchingRedis, PatientCluster],
  ['tool', true, BatchingRedis, PatientCluster],
  ['subscriber', false, Redis, Cluster],
  ['worker', false, WorkerRedis, WorkerCluster],
] as const;

const connections = roles.flatMap(([role, fails, Single, OfCluster]) =>
  kinds.map((kind) => {
    const [becomes, end] = fails ? ['fails at once', /isn't writeable|isn't ready/] : ['waits', /^OK$/];
    return [role, kind, becomes, end, kind === 'cluster' ? OfCluster : Single] as const;
  }),
);

test.each(connections)(
  'a connection for %s to a %s: while Redis is away, a command %s',
  async (role, kind, _, end, Kind) => {
    const client = open(kind, role);
    expect(Object.getPrototypeOf(client)).toBe(Kind.prototype);
    await once(client, 'ready');
    expect(await client.get('key')).toBe('OK');
    const closed = once(client, 'close');
    redis.cut();
    await closed;
    const reply = client.get('key').catch(String);
    const atOnce = await Promise.race([reply, nextTurn(null)]);
    expect(atOnce ?? (await reply)).toMatch(end);
    expect(atOnce === null).toBe(end.test('OK'));
  },
);

test.each([
  ['commands', 800, 3_000],
  ['tool', 10_000, 10_000],
  ['subscriber', undefined, 3_000],
  ['worker', undefined, 3_000],
] as const)(
  'for %s a command without a reply fails after %s ms, and a connection without any is dead after %d; a Redis that loads is looked at each half second',
  (role, ...times) => {
    const timesOf = (client: RedisClient) => {
      const options = client instanceof Cluster ? client.options.redisOptions : client.options;
      return [options?.commandTimeout, options?.socketTimeout, options?.maxLoadingRetryTime];
    };
    const each = [...times, 500];
    expect(kinds.map((kind) => timesOf(open(kind, role)))).toEqual(kinds.map(() => each));
  },
);

test('a Cluster’s table of slots is read each second for what fails, and a subscriber hears of its shards', async () => {
  jest.useFakeTimers();
  const behaviourOf = async (role: ConnectionRole) => {
    const client = open('cluster', role);
    if (!(client instanceof Cluster)) throw new Error('It is a Cluster.');
    await once(client, 'ready');
    const timers = jest.getTimerCount();
    client.disconnect();
    await once(client, 'end');
    const { slotsRefreshInterval, shardedSubscribers, enableAutoPipelining } = client.options;
    // That of ioredis never ends.
    expect([slotsRefreshInterval, jest.getTimerCount()]).toEqual([unset, 0]);
    return [timers === 1, shardedSubscribers, enableAutoPipelining];
  };
  const unset = new Cluster([], { lazyConnect: true }).options.slotsRefreshInterval;
  expect(await behaviourOf('commands')).toEqual([true, false, true]);
  expect(await behaviourOf('tool')).toEqual([true, false, true]);
  expect(await behaviourOf('subscriber')).toEqual([false, true, false]);
  expect(await behaviourOf('worker')).toEqual([false, false, false]);
});

test('a connection to a primary that has become a replica is replaced; after any other refusal it stays', async () => {
  const client = open('single', 'commands');
  await once(client, 'ready');
  const before = redis.opened;
  await expect(client.get('list')).rejects.toThrow('WRONGTYPE');
  expect(await client.ping()).toBe('PONG');
  expect(redis.opened).toBe(before);
  const again = once(client, 'ready');
  await expect(client.get('mine')).rejects.toThrow('READONLY');
  await again;
  expect(redis.opened).toBe(before + 1);
});

test.each(['single', 'cluster'] as const)(
  'a command to a %s whose connection is lost before its reply fails, and is not sent again',
  async (kind) => {
    const client = open(kind, 'commands');
    await once(client, 'ready');
    const before = redis.commands.length;
    const asked = () => redis.commands.slice(before).filter((command) => command === 'get silent').length;
    const reply = client.get('silent').catch((error: unknown) => error);
    await eventually('it was sent', () => asked() === 1);
    redis.cut();
    expect(isRedisUnavailable(await reply)).toBe(true);
    await eventually(
      'it is connected again',
      async () => (await client.get('key').catch(() => null)) === 'OK',
    );
    expect(asked()).toBe(1);
  },
);

test('attempts to connect come soon at first, then each half second, and differ between processes', () => {
  const client = open('single', 'worker');
  const delays = client instanceof Redis ? client.options.retryStrategy : undefined;
  if (!delays) throw new Error('It connects again.');
  const { random } = Math;
  try {
    Math.random = () => 0;
    expect([1, 2, 8, 1_000].map(delays)).toEqual([50, 100, 400, 400]);
    Math.random = () => 0.99;
    expect([1, 2, 8, 1_000].map(delays)).toEqual([149, 199, 499, 499]);
  } finally {
    Math.random = random;
  }
});
