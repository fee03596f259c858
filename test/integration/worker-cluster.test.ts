import { connectRedis } from '@ravi/redis';
import { Cluster } from 'ioredis';
import { eventually } from '../support/eventually.ts';
import { RedisCluster } from '../support/redis-cluster.ts';
import { hasRedisServer } from '../support/redis-server.ts';

const describeOnCluster = hasRedisServer ? describe : describe.skip;

describeOnCluster('the connection on which an issuer waits for jobs, on a Cluster', () => {
  let redis: RedisCluster;
  let worker: ReturnType<typeof connectRedis>;
  let blocking: Cluster;
  beforeAll(async () => {
    redis = await RedisCluster.start(2);
    const nodes = redis.primaries.map(({ port }) => ({ host: '127.0.0.1', port }));
    worker = connectRedis({ kind: 'cluster', url: 'redis://127.0.0.1:1', nodes }, 'worker', 'test');
    if (!(worker instanceof Cluster)) throw new Error('It is no Cluster.');
    blocking = worker.duplicate();
    await eventually('it is ready', () => blocking.status === 'ready');
  });
  afterAll(async () => {
    for (const client of [worker, blocking]) client.disconnect();
    await redis.stop();
  });

  test('is told to end, and to connect at once: it ends, and then connects', async () => {
    let ended = false;
    blocking.once('end', () => (ended = true));
    // BullMQ does the same in two places: one waits for the end, the other connects anew.
    blocking.disconnect();
    blocking.disconnect();
    await blocking.connect();
    expect([ended, blocking.status]).toEqual([true, 'ready']);
    expect(await blocking.ping()).toBe('PONG');
  });

  test('connects though the Cluster is down at first', async () => {
    const [first] = redis.primaries;
    for (const { client } of redis.primaries) {
      await client.cluster('DELSLOTS', 0);
      const state = () => client.cluster('INFO');
      await eventually('it is down', async () => (await state()).includes('cluster_state:fail'));
    }
    blocking.disconnect();
    const tries = new Promise((resolve) => blocking.once('reconnecting', resolve));
    await eventually('it has ended', () => blocking.status === 'end');
    const connecting = blocking.connect();
    await tries;
    await first?.client.cluster('ADDSLOTS', 0);
    await connecting;
    expect(await blocking.ping()).toBe('PONG');
  });
});
