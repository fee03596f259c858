import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { BatchingRedis } from './batching-redis.ts';
import type { RedisClient } from './client.ts';
import { accessOptions, sentinelOptions, singleAddress } from './connection-options.ts';
import { PrimaryConnector, ServerConnector } from './connectors.ts';
import { errorCode } from './error-code.ts';
import { keepReadingSlots } from './slot-table.ts';
import { PatientCluster } from './time-out-patiently.ts';
import type { RedisTopology } from './topology.ts';
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
const failing = { enableOfflineQueue: false, maxRetriesPerRequest: 0 } as const;

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
    // While Redis loads its data, it is looked at as often as one that is away.
    maxLoadingRetryTime: 500,
    // A failover leaves the old master read-only: drop the connection and find the new one.
    reconnectOnError: (error: Error) => errorCode(error) === 'READONLY',
  };
  const fails = role === 'commands' || role === 'tool';
  const Single = fails ? BatchingRedis : role === 'worker' ? WorkerRedis : Redis;
  switch (topology.kind) {
    case 'single':
      return new Single({
        ...options,
        ...singleAddress(topology),
        Connector: ServerConnector,
        retryStrategy: retryDelayMs,
      });
    case 'sentinel':
      return new Single({
        ...options,
        ...sentinelOptions(topology.access, topology.tls),
        sentinels: [...topology.sentinels],
        name: topology.name,
        Connector: PrimaryConnector,
        retryStrategy: retryDelayMs,
        sentinelRetryStrategy: retryDelayMs,
      });
    case 'cluster': {
      const Several = fails ? PatientCluster : role === 'worker' ? WorkerCluster : Cluster;
      const cluster = new Several([...topology.nodes], {
        clusterRetryStrategy: retryDelayMs,
        enableOfflineQueue: !fails,
        // One write for all commands of a tick that go to the same node, as `BatchingRedis` does.
        enableAutoPipelining: fails,
        shardedSubscribers: role === 'subscriber',
        // Names stay names: certificates are made out to them, and the nodes announce each other by them.
        dnsLookup: (name, found) => found(null, name),
        redisOptions: { ...options, Connector: ServerConnector },
      });
      if (fails) keepReadingSlots(cluster);
      return cluster;
    }
  }
}

/** Milliseconds until the next attempt to connect: soon at first, then every half second, with random differences between clients. */
function retryDelayMs(attempt: number): number {
  return Math.min(50 * attempt, 400) + Math.floor(Math.random() * 100);
}
