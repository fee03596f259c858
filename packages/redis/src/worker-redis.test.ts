import { EventEmitter, once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Cluster } from 'ioredis';
import { bulk } from '../../../test/support/resp.ts';
import { FakeRedis } from '../../../test/support/fake-redis.ts';
import { settleConnecting, WorkerCluster, WorkerRedis } from './worker-redis.ts';

/** A Cluster that does what a test says, with these connections to its nodes. */
class FakeCluster extends EventEmitter {
  status = 'ready';
  readonly did: string[] = [];
  readonly connecting = Promise.withResolvers<void>();
  readonly #nodes: readonly EventEmitter[];

  constructor(...nodes: readonly EventEmitter[]) {
    super();
    this.#nodes = nodes;
    settleConnecting(this as unknown as Cluster);
  }

  nodes() {
    return this.#nodes;
  }

  connect(): Promise<void> {
    this.did.push(`connect, ${this.status}`);
    return this.connecting.promise;
  }

  disconnect(reconnect = false): void {
    this.did.push(reconnect ? 'reconnect' : 'disconnect');
  }
}

test('connects only when all connections of before have ended, and then has ended itself', async () => {
  const [first, second] = [new EventEmitter(), new EventEmitter()];
  const cluster = new FakeCluster(first, second);
  const { did } = cluster;
  // Told twice, by two places.
  cluster.disconnect();
  cluster.disconnect();
  const connected = cluster.connect();
  first.emit('end');
  cluster.status = 'close';
  await nextTurn();
  expect(did).toEqual(['disconnect', 'disconnect']);
  second.emit('end');
  await nextTurn();
  expect(did.slice(2)).toEqual(['connect, end']);
  cluster.connecting.resolve();
  await connected;
});

test('a status that nothing takes back stays', async () => {
  const node = new EventEmitter();
  const cluster = new FakeCluster(node);
  cluster.disconnect();
  cluster.status = 'reconnecting';
  node.emit('end');
  void cluster.connect();
  await nextTurn();
  expect(cluster.did).toEqual(['disconnect', 'connect, reconnecting']);
});

test('one that only reconnects does not wait for connections that go on', async () => {
  const cluster = new FakeCluster(new EventEmitter());
  cluster.disconnect(true);
  void cluster.connect();
  await nextTurn();
  expect(cluster.did).toEqual(['reconnect', 'connect, ready']);
});

test('is connected once it is ready, whichever attempt that took; not where it ends before', async () => {
  const ready = new FakeCluster();
  const connected = ready.connect();
  await nextTurn();
  ready.emit('ready');
  expect(await Promise.race([connected, nextTurn('waits')])).toBeUndefined();
  expect(ready.eventNames()).toEqual([]);

  const ended = new FakeCluster();
  const failed = ended.connect().catch(String);
  await nextTurn();
  ended.emit('end');
  expect(await Promise.race([failed, nextTurn('waits')])).toBe('Error: Connection is closed.');
  expect(ended.eventNames()).toEqual([]);

  const refused = new FakeCluster();
  refused.connecting.reject(new Error('Redis is already connecting/connected'));
  await expect(refused.connect()).rejects.toThrow('already');
  expect(refused.eventNames()).toEqual([]);
});

test('the connection on which a worker waits for jobs may be silent for as long as a read takes, and keeps all other options', () => {
  const worker = new WorkerRedis({ lazyConnect: true, socketTimeout: 3_000, connectionName: 'issuer' });
  const blocking = worker.duplicate({ maxRetriesPerRequest: null });
  expect(worker.options.socketTimeout).toBe(3_000);
  expect(blocking.options).toMatchObject({
    socketTimeout: 4_000,
    connectionName: 'issuer',
    maxRetriesPerRequest: null,
  });
});

test('so may one of a Cluster, which connects though the Cluster is down at first', async () => {
  let isDown = true;
  const redis = await FakeRedis.start((command) => {
    if (command.join(' ').toLowerCase() !== 'cluster info' || !isDown) return null;
    isDown = false;
    return bulk('cluster_state:fail\r\n');
  });
  const worker = new WorkerCluster([{ host: '127.0.0.1', port: redis.port }], {
    lazyConnect: true,
    clusterRetryStrategy: () => 10,
    redisOptions: { socketTimeout: 3_000, connectionName: 'issuer', protocol: 2 },
  });
  const blocking = worker.duplicate([], { redisOptions: { maxRetriesPerRequest: null } });
  blocking.on('error', () => undefined);
  try {
    expect(blocking.options.redisOptions).toMatchObject({
      socketTimeout: 4_000,
      connectionName: 'issuer',
      maxRetriesPerRequest: null,
    });
    const ready = once(blocking, 'ready');
    const connected = blocking.connect().then(() => 'connected');
    await ready;
    expect(await Promise.race([connected, nextTurn('waits')])).toBe('connected');
    expect(isDown).toBe(false);
  } finally {
    blocking.disconnect();
    await redis.stop();
  }
});
