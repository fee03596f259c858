import { connectRedis } from '@ravi/redis';
import { eventually } from '../support/eventually.ts';
import { RedisCluster } from '../support/redis-cluster.ts';
import { hasRedisServer } from '../support/redis-server.ts';

const describeOnCluster = hasRedisServer ? describe : describe.skip;

describeOnCluster('on a Cluster', () => {
  let redis: RedisCluster;
  beforeAll(async () => {
    redis = await RedisCluster.start(2);
  });
  afterAll(() => redis.stop());

  test('commands that are sent together find two slots that have moved, though no other command asks for one of them alone', async () => {
    const [from, to] = redis.primaries;
    if (!from || !to) throw new Error('There are two primaries.');
    const nodes = redis.primaries.map(({ port }) => ({ host: '127.0.0.1', port }));
    const client = connectRedis({ kind: 'cluster', url: 'redis://127.0.0.1:1', nodes }, 'commands', 'test');
    client.on('error', () => undefined);
    // Slots 3,300 and 7,365: both of the first primary.
    const both = () => Promise.all(['b', 'c'].map((key) => client.set(key, '1')));
    try {
      await eventually('they are sent', () => both().catch(() => null));
      const id = await to.client.cluster('MYID');
      for (const key of ['b', 'c']) {
        await from.client.del(key);
        const slot = await from.client.cluster('KEYSLOT', key);
        for (const node of [to, from]) await node.client.call('CLUSTER', 'SETSLOT', slot, 'NODE', id);
      }
      expect(await eventually('they arrive', () => both().catch(() => null))).toEqual(['OK', 'OK']);
    } finally {
      client.disconnect();
    }
  });
});
