import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { BatchingRedis } from './batching-redis.ts';
import type { RedisClient } from './client.ts';
import type { RedisTopology } from './topology.ts';

/**
 * How a connection behaves when Redis is away.
 * - `commands`: fails within a second, so that a request can be answered 503 instead of piling up.
 * - `tool`: fails too, within ten seconds: an operator's command would rather wait for a busy Redis than stop half-way.
 * - `subscriber`: never gives up, resubscribes by itself.
 * - `worker`: for BullMQ's blocking reads: never gives up, no time limit per command.
 */
export type ConnectionRole = 'commands' | 'tool' | 'subscriber' | 'worker';

/** Time after which a command of a request counts as failed. */
const commandTimeoutMs = 800;

/** The same for an operator's command. */
const toolTimeoutMs = 10_000;

/** Nothing is asked again, and nothing waits for Redis to come back. */
const failing = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
} as const;

const roleOptions = {
  commands: { ...failing, commandTimeout: commandTimeoutMs },
  tool: { ...failing, commandTimeout: toolTimeoutMs },
  subscriber: { maxRetriesPerRequest: null },
  worker: { maxRetriesPerRequest: null },
} as const satisfies Record<ConnectionRole, RedisOptions>;

/**
 * Opens a connection. It keeps reconnecting, within half a second of Redis being back. It speaks RESP2, with which BullMQ's
 * authors test. Always attach an `error` listener: without one, ioredis writes to the console.
 */
export function connectRedis(
  topology: RedisTopology,
  role: ConnectionRole,
  connectionName: string,
): RedisClient {
  const options = {
    ...roleOptions[role],
    protocol: 2 as const,
    connectionName,
    connectTimeout: 2_000,
    keepAlive: 10_000,
    noDelay: true,
    // A failover leaves the old master read-only: drop the connection and find the new one.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  };
  const fails = role === 'commands' || role === 'tool';
  const Single = fails ? BatchingRedis : Redis;
  switch (topology.kind) {
    case 'single':
      return new Single(topology.url, { ...options, retryStrategy: retryDelayMs });
    case 'sentinel':
      return new Single({
        ...options,
        ...credentialsOf(topology.url),
        sentinels: [...topology.sentinels],
        name: topology.name,
        retryStrategy: retryDelayMs,
        sentinelRetryStrategy: retryDelayMs,
      });
    case 'cluster':
      return new Cluster([...topology.nodes], {
        clusterRetryStrategy: retryDelayMs,
        enableOfflineQueue: !fails,
        // One write for all commands of a tick that go to the same node, as `BatchingRedis` does.
        enableAutoPipelining: fails,
        shardedSubscribers: role === 'subscriber',
        redisOptions: { ...options, ...credentialsOf(topology.url) },
      });
  }
}

/** Resolves when the connection can take commands; rejects after `timeoutMs`. */
export async function waitUntilReady(client: RedisClient, timeoutMs: number): Promise<void> {
  if (client.status === 'ready') return;
  const ready = Promise.withResolvers<void>();
  const timer = setTimeout(
    () =>
      ready.reject(
        new Error(`Redis did not answer within ${timeoutMs / 1000} s: start it, or set REDIS_URL.`),
      ),
    timeoutMs,
  );
  client.once('ready', ready.resolve);
  try {
    await ready.promise;
  } finally {
    clearTimeout(timer);
    client.off('ready', ready.resolve);
  }
}

/** Milliseconds until the next attempt to connect: soon at first, then every half second, with random differences between clients. */
function retryDelayMs(attempt: number): number {
  return Math.min(50 * attempt, 400) + Math.floor(Math.random() * 100);
}

function credentialsOf(url: string) {
  const { protocol, username, password, pathname } = new URL(url);
  return {
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(pathname.length > 1 ? { db: Number(pathname.slice(1)) } : {}),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  };
}
