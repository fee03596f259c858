import { connectRedis, type RedisClient, type RedisTopology, waitUntilReady } from '@ravi/redis';
import { startOwnRedis } from '../support/redis.ts';
import { RedisCluster } from '../support/redis-cluster.ts';
import { hasRedisServer } from '../support/redis-server.ts';

interface Server {
  readonly topology: RedisTopology;
  freeze(): unknown;
  thaw(): unknown;
  stop(): Promise<void>;
}

async function single(): Promise<Server> {
  const server = await startOwnRedis();
  return {
    topology: { kind: 'single', url: server.url },
    freeze: () => server.freeze(),
    thaw: () => server.thaw(),
    stop: () => server.stop(),
  };
}

async function cluster(): Promise<Server> {
  const redis = await RedisCluster.start(1, 0, () => ({ 'cluster-announce-ip': '127.0.0.1' }));
  const [{ port, pid } = { port: 0, pid: 0 }] = redis.primaries;
  return {
    topology: { kind: 'cluster', url: 'redis://unused', nodes: [{ host: '127.0.0.1', port }] },
    freeze: () => process.kill(pid, 'SIGSTOP'),
    thaw: () => process.kill(pid, 'SIGCONT'),
    stop: () => redis.stop(),
  };
}

/** Longer than a command of a request may take. */
const stallMs = 1_000;

/** Keeps this process from running anything else, as on a machine whose processors are busy. */
function stall(): void {
  const endMs = performance.now() + stallMs;
  while (performance.now() < endMs);
}

describe.each([
  ['a single Redis', single],
  ...(hasRedisServer ? ([['a Redis Cluster', cluster]] as const) : []),
] as const)('with %s', (_, start) => {
  let server: Server;
  let redis: RedisClient;
  beforeAll(async () => {
    server = await start();
    redis = connectRedis(server.topology, 'commands', 'test');
    redis.on('error', () => undefined);
    await waitUntilReady(redis, 60_000);
    await redis.set('key', 'value');
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  test('a reply that came while the process had no processor counts, though its time is over', async () => {
    const reply = redis.get('key');
    // It is sent at the end of this tick; its reply is read after the stall.
    await new Promise(setImmediate);
    stall();
    expect(await reply).toBe('value');
  });

  test('a command that Redis does not answer fails within a second', async () => {
    server.freeze();
    await expect(redis.get('key')).rejects.toThrow('Command timed out');
    server.thaw();
  });
});
