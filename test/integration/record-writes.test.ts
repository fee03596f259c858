import { randomUUID } from 'node:crypto';
import {
  ConfirmedWrites,
  connectRedis,
  NotReplicated,
  type RedisClient,
  unconfirmedWrites,
  waitUntilReady,
} from '@ravi/redis';
import { Cluster } from 'ioredis';
import { eventually } from '../support/eventually.ts';
import { RedisCluster } from '../support/redis-cluster.ts';
import { RedisPair } from '../support/redis-pair.ts';
import { hasRedisServer } from '../support/redis-server.ts';
import { redisWith } from '../support/redis-with.ts';

const describeWithReplicas = hasRedisServer ? describe : describe.skip;
const connections: RedisClient[] = [];

async function connect(topology: Parameters<typeof connectRedis>[0]): Promise<RedisClient> {
  // As patient as a tool: a server that is late on a busy machine is no outage here.
  const redis = connectRedis(topology, 'tool', 'test');
  redis.on('error', () => undefined);
  connections.push(redis);
  await waitUntilReady(redis, 60_000);
  return redis;
}
afterEach(() => {
  for (const redis of connections.splice(0)) redis.disconnect();
});

const callsOf = async (redis: RedisClient, command: string) =>
  Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(await redis.info('commandstats'))?.[1] ?? 0);

/** Whether the replicas confirmed these in time: one that was frozen, or that a busy machine held up, has to catch up first. */
async function confirmed(writes: ConfirmedWrites, ...keys: readonly string[]): Promise<boolean> {
  try {
    await writes.replicated(...keys);
    return true;
  } catch (error) {
    if (error instanceof NotReplicated) return false;
    throw error;
  }
}

describeWithReplicas('a primary with one replica', () => {
  let pair: RedisPair;
  beforeAll(async () => {
    pair = await RedisPair.start();
  });
  afterAll(() => pair.stop());
  afterEach(() => pair.thawReplica());

  async function openWrites(replicas = 1) {
    let unreplicated = 0;
    const redis = await connect({ kind: 'single', url: pair.url });
    const writes = new ConfirmedWrites({ redis, replicas, onUnreplicated: () => unreplicated++ });
    return { redis, writes, unreplicated: () => unreplicated };
  }

  test('what is confirmed is on the replica; all writes of a tick are waited for once', async () => {
    const { redis, writes } = await openWrites();
    /** How often Redis was told to wait for what is confirmed. */
    const waitsFor = (work: () => readonly Promise<boolean>[]) =>
      eventually('the replica confirms in time', async () => {
        const before = await callsOf(redis, 'wait');
        const outcomes = await Promise.all(work());
        return outcomes.includes(false) ? null : (await callsOf(redis, 'wait')) - before;
      });
    const keys = Array.from({ length: 50 }, () => `record:${randomUUID()}`);
    const write = async (key: string) => {
      await redis.set(key, 'here');
      return confirmed(writes, key);
    };
    expect(await waitsFor(() => keys.map(write))).toBe(1);
    expect(await pair.replica.mget(keys)).toEqual(keys.map(() => 'here'));
    const later = async () => {
      for (let step = 0; step < 10; step++) await Promise.resolve();
      return confirmed(writes, 'record:later');
    };
    expect(await waitsFor(() => [confirmed(writes, 'record:0'), later()])).toBe(1);
  });

  test('with a replica that confirms nothing each caller is told within a second, counted, and once it is back all is confirmed', async () => {
    const { redis, writes, unreplicated } = await openWrites();
    await redis.set('record:1', 'here');
    pair.freezeReplica();
    const results = await Promise.allSettled([writes.replicated('record:1'), writes.replicated('record:2')]);
    expect(results.map((result) => result.status === 'rejected' && result.reason)).toEqual([
      expect.any(NotReplicated),
      expect.any(NotReplicated),
    ]);
    expect(unreplicated()).toBe(2);
    await pair.thawReplica();
    await eventually('it confirms again', () => confirmed(writes, 'record:1'));
  });

  test('an end that another process wrote, and that is asked for again here, is waited for though nothing is written', async () => {
    const [first, second] = [await openWrites(), await openWrites()];
    await eventually('it confirms', () => confirmed(second.writes, 'record:3'));
    const before = await callsOf(first.redis, 'set');
    pair.freezeReplica();
    await first.redis.set('record:3', 'ended');
    expect(await second.redis.get('record:3')).toBe('ended');
    await expect(second.writes.replicated('record:3')).rejects.toThrow(NotReplicated);
    // Redis from 7.2 on waits only for what the same connection has written: it writes a mark behind the end.
    expect((await callsOf(first.redis, 'set')) - before).toBe(2);
  });

  test('replicas have half a second to confirm a write', async () => {
    const { redis } = await openWrites();
    const waits: unknown[] = [];
    const noted = redisWith(redis, {
      wait: (args, real) => {
        waits.push(args);
        return real();
      },
    });
    await confirmed(new ConfirmedWrites({ redis: noted, replicas: 1, onUnreplicated: () => {} }), 'record:7');
    expect(waits).toEqual([[1, 500]]);
  });

  test('two replicas are not there: one does not count twice', async () => {
    const { writes } = await openWrites(2);
    await expect(writes.replicated('record:4')).rejects.toThrow(NotReplicated);
  });

  test('while it waits for replicas, commands on the other connections are served', async () => {
    const { writes } = await openWrites();
    const other = await connect({ kind: 'single', url: pair.url });
    pair.freezeReplica();
    const waiting = writes.replicated('record:5').catch((error: unknown) => error);
    const first = await Promise.race([waiting, other.ping()]);
    expect(first).toBe('PONG');
    expect(await waiting).toBeInstanceOf(NotReplicated);
  });

  test('where nobody waits, nothing is sent', async () => {
    const redis = await connect({ kind: 'single', url: pair.url });
    const before = await callsOf(redis, 'wait');
    await unconfirmedWrites(redis).replicated('record:6');
    expect(await callsOf(redis, 'wait')).toBe(before);
  });
});

describeWithReplicas('a Cluster', () => {
  test('each server that has one of the keys is waited for, and no other; a key whose server just changed is not confirmed', async () => {
    const cluster = await RedisCluster.start(3, 1);
    try {
      const nodes = cluster.primaries.map(({ port }) => ({ host: '127.0.0.1', port }));
      const redis = await connect({ kind: 'cluster', nodes, url: 'redis://127.0.0.1' });
      const writes = new ConfirmedWrites({ redis, replicas: 1, onUnreplicated: () => undefined });
      const frozen = cluster.primaries[0];
      const keys = Array.from({ length: 30 }, () => `record:{${randomUUID()}}`);
      const isAtFrozen = await Promise.all(
        keys.map(async (key) => (await cluster.primaryOf(key)) === frozen),
      );
      const there = keys.filter((_, at) => isAtFrozen[at]);
      const elsewhere = keys.filter((_, at) => !isAtFrozen[at]);
      await Promise.all(keys.map((key) => redis.set(key, 'here')));
      await eventually('all are confirmed', () => confirmed(writes, ...keys));
      process.kill(cluster.replicas[0]?.pid ?? 0, 'SIGSTOP');
      await Promise.all(keys.map((key) => redis.set(key, 'again')));
      await eventually('the others are confirmed', () => confirmed(writes, ...elsewhere));
      await expect(writes.replicated(...there)).rejects.toThrow(NotReplicated);
      for (const inOrder of [
        [...there, ...elsewhere],
        [...elsewhere, ...there],
      ])
        await expect(writes.replicated(...inOrder)).rejects.toThrow(NotReplicated);
      process.kill(cluster.replicas[0]?.pid ?? 0, 'SIGCONT');
      await eventually('all are confirmed again', () => confirmed(writes, ...keys));
      // As while another server takes over: the connection to it is not there yet.
      if (!(redis instanceof Cluster)) throw new Error('No Cluster.');
      for (const slot of redis.slots.keys()) redis.slots[slot] = ['127.0.0.1:1'];
      await expect(writes.replicated(...keys)).rejects.toThrow(NotReplicated);
    } finally {
      await cluster.stop();
    }
  });
});
