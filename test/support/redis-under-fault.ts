import { Redis } from 'ioredis';
import { RedisCluster } from './redis-cluster.ts';
import { SentinelRedis } from './redis-sentinel.ts';
import { startOwnRedis } from './redis.ts';

/** How Redis is deployed. */
export type RedisKind = 'single' | 'sentinel' | 'cluster';

/** A server of Redis that a test may freeze and set. */
export interface RedisUnderFault {
  /** What the services are told. */
  readonly env: Readonly<Record<string, string>>;
  /** SIGSTOP for the `chosen`-th of the servers that are primaries now. Resolves to how it goes on. */
  freezePrimary(chosen: number): Promise<() => void>;
  /** Sets a setting of every server. */
  set(name: string, value: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a single Redis, a primary with a replica and a Sentinel, or a Cluster of three shards with a replica each. */
export async function startRedisUnderFault(kind: RedisKind): Promise<RedisUnderFault> {
  const { env, ports, stop } = await start(kind);
  const servers = await Promise.all(
    ports.map(async (port) => {
      const client = new Redis({ port, protocol: 2, retryStrategy: () => 50, maxRetriesPerRequest: null });
      client.on('error', () => undefined);
      const pid = Number(/process_id:(\d+)/.exec(await client.info('server'))?.[1]);
      return { client, pid };
    }),
  );
  return {
    env,
    async freezePrimary(chosen) {
      const roles = await Promise.all(
        servers.map(async ({ client }) => (await client.role())[0] === 'master'),
      );
      const primaries = servers.filter((_, index) => roles[index]);
      const pid = primaries[chosen % primaries.length]?.pid ?? 0;
      process.kill(pid, 'SIGSTOP');
      return () => void process.kill(pid, 'SIGCONT');
    },
    async set(name, value) {
      await Promise.all(servers.map(({ client }) => client.config('SET', name, value)));
    },
    async stop() {
      for (const { client } of servers) client.disconnect();
      await stop();
    },
  };
}

async function start(kind: RedisKind) {
  switch (kind) {
    case 'single': {
      const redis = await startOwnRedis();
      const port = Number(new URL(redis.url).port);
      return { env: { REDIS_URL: redis.url }, ports: [port], stop: () => redis.stop() };
    }
    case 'sentinel': {
      const redis = await SentinelRedis.start();
      return { env: redis.env, ports: redis.ports, stop: () => redis.stop() };
    }
    case 'cluster': {
      const redis = await RedisCluster.start(3, 1);
      return { env: redis.env, ports: redis.running().map(({ port }) => port), stop: () => redis.stop() };
    }
  }
}
