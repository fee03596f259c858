import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { BatchingRedis } from './batching-redis.ts';
import type { RedisClient } from './client.ts';
import type { RedisTls } from './redis-tls.ts';
import { parseRedisUrl } from './redis-url.ts';
import type { RedisTopology, SentinelAccess } from './topology.ts';
import { WorkerCluster, WorkerRedis } from './worker-redis.ts';

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

/**
 * After this long without any reply a connection counts as dead, and its place is taken by a new one: the host went without a
 * word, or a gateway forgot the connection. TCP would wait for a quarter of an hour.
 */
const maxSilenceMs = 3_000;

const roleOptions = {
  commands: { ...failing, commandTimeout: commandTimeoutMs, socketTimeout: maxSilenceMs },
  tool: { ...failing, commandTimeout: toolTimeoutMs, socketTimeout: toolTimeoutMs },
  subscriber: { maxRetriesPerRequest: null, socketTimeout: maxSilenceMs },
  worker: { maxRetriesPerRequest: null, socketTimeout: maxSilenceMs },
} as const satisfies Record<ConnectionRole, RedisOptions>;

/** Time in which a Sentinel has to answer before the next one is asked. */
const sentinelTimeoutMs = 1_000;

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
    ...accessOptions(topology),
    connectionName,
    // A failover leaves the old master read-only: drop the connection and find the new one.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  };
  const fails = role === 'commands' || role === 'tool';
  const Single = fails ? BatchingRedis : role === 'worker' ? WorkerRedis : Redis;
  switch (topology.kind) {
    case 'single':
      return new Single({ ...options, ...singleAddress(topology), retryStrategy: retryDelayMs });
    case 'sentinel':
      return new Single({
        ...options,
        ...sentinelOptions(topology.access, topology.tls),
        sentinels: [...topology.sentinels],
        name: topology.name,
        retryStrategy: retryDelayMs,
        sentinelRetryStrategy: retryDelayMs,
      });
    case 'cluster':
      return new (role === 'worker' ? WorkerCluster : Cluster)([...topology.nodes], {
        clusterRetryStrategy: retryDelayMs,
        enableOfflineQueue: !fails,
        // One write for all commands of a tick that go to the same node, as `BatchingRedis` does.
        enableAutoPipelining: fails,
        shardedSubscribers: role === 'subscriber',
        // Names stay names: certificates are made out to them, and the nodes announce each other by them.
        dnsLookup: (name, found) => found(null, name),
        redisOptions: options,
      });
  }
}

/** How every connection to Redis itself begins: user, password, database, TLS. */
export function accessOptions({ url, tls }: RedisTopology) {
  const address = parseRedisUrl(url);
  const { username, password, db } = address;
  return {
    ...socketOptions,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(db === undefined ? {} : { db }),
    // Without the second, ioredis speaks to the master that a Sentinel names in plain text.
    ...(address.tls ? { tls: tlsOptions(tls), enableTLSForSentinelMode: true } : {}),
  } satisfies RedisOptions;
}

const socketOptions = {
  protocol: 2 as const,
  connectTimeout: 2_000,
  // How long the other side may take to close a connection that is given up.
  disconnectTimeout: 500,
  keepAlive: 10_000,
  noDelay: true,
};

/** Where a single Redis is. Its name goes into the TLS greeting, by which hosts of many servers tell which one is meant. */
export function singleAddress({ url, tls }: RedisTopology) {
  const address = parseRedisUrl(url);
  const { host, port } = address;
  if (!address.tls || isIP(host) !== 0) return { host, port };
  return { host, port, tls: { ...tlsOptions(tls), servername: host } };
}

/** How Sentinels are reached. */
export function sentinelOptions(access: SentinelAccess | undefined, tls: RedisTls | undefined) {
  return {
    sentinelCommandTimeout: sentinelTimeoutMs,
    ...(access?.user === undefined ? {} : { sentinelUsername: access.user }),
    ...(access?.password === undefined ? {} : { sentinelPassword: access.password.reveal() }),
    ...(access?.tls ? { sentinelTLS: tlsOptions(tls) } : {}),
  } satisfies RedisOptions;
}

function tlsOptions({ ca, client }: RedisTls = {}): ConnectionOptions {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(client === undefined ? {} : { cert: client.cert, key: client.key.reveal() }),
  };
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
