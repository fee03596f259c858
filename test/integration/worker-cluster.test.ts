import { connectRedis } from '@ravi/redis';
import { Cluster } from 'ioredis';
import { eventually } from '../support/eventually.ts';
import { RedisCluster } from '../support/redis-cluster.ts';
import { hasRedisServer } from '../support/redis-server.ts';

const describeOnCluster = hasRedisServer ? describe : describe.skip;

describeOnCluster('the connection on which an issuer waits for jobs, on a Cluster', () => {
  test('is told to end and to connect at once: it ends, and then connects', async () => {
    const cluster = await RedisCluster.start(2);
    const [node] = cluster.primaries;
    const nodes = [{ host: '127.0.0.1', port: node?.port ?? 0 }];
    const worker = connectRedis({ kind: 'cluster', url: 'redis://127.0.0.1:1', nodes }, 'worker', 'test');
    if (!(worker instanceof Cluster)) throw new Error('It is no Cluster.');
    const blocking = worker.duplicate();
    try {
      await eventually('it is ready', () => blocking.status === 'ready');
      let ended = false;
      blocking.once('end', () => (ended = true));
      // As BullMQ does in two places: one waits for the end, the other connects anew.
      blocking.disconnect();
      blocking.disconnect();
      await blocking.connect();
      expect([ended, blocking.status]).toEqual([true, 'ready']);
      expect(await blocking.ping()).toBe('PONG');
    } finally {
      for (const client of [worker, blocking]) client.disconnect();
      await cluster.stop();
    }
  });
});
