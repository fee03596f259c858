import {
  ConfirmedWrites,
  type RecordWrites,
  type RedisClient,
  ServiceRedis,
  unavailableReason,
  unavailableReasons,
  unconfirmedWrites,
  waitUntilReady,
} from '@ravi/redis';
import type { Clock } from '@ravi/runtime';
import { type Logger, observeRedis, type Registry } from '@ravi/telemetry';
import type { ApiConfig } from './config.ts';
import { redisNeeds } from './redis-needs.ts';

/** How long each connection may take at the start. */
const startMs = 30_000;

export interface ConnectionsDeps {
  readonly instance: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
}

/** The api's connections to Redis. */
export interface Connections {
  readonly redis: RedisClient;
  readonly subscriber: RedisClient;
  /** Writes records; with RECORDS_REPLICAS on a connection of its own, since each write waits for replicas. */
  recordWrites(onUnreplicated: () => void): RecordWrites;
  /** Redis could not serve something, with this error. */
  readonly onUnavailable: (error: unknown) => void;
  readonly isReady: () => boolean;
  startHeartbeats(): void;
  stopHeartbeats(): void;
  disconnect(): void;
}

/** Opens the connections. Resolves when all can be used; rejects with `RedisNotUsable` and a sentence if they cannot. */
export async function openConnections(config: ApiConfig, deps: ConnectionsDeps): Promise<Connections> {
  const { instance, clock, logger, registry } = deps;
  const { redisTopology: topology, recordsReplicas: replicas, queues, production } = config;
  const observer = observeRedis({
    logger,
    registry,
    reasonOf: unavailableReason,
    reasons: unavailableReasons,
    effect: 'Redis cannot serve, and requests are answered 503',
  });
  const processName = `ravi-api-${instance.slice(0, 8)}`;
  const all = new ServiceRedis({ topology, processName, observer, clock });
  const redis = all.connect('commands');
  const subscriber = all.connect('subscriber');
  const records = replicas > 0 ? all.connect('commands', 'records') : redis;
  const needs = redisNeeds(redis.isCluster, queues, replicas);
  await all.waitUntilUsable(redis, { logger, needs, production });
  for (const client of all.clients) await waitUntilReady(client, startMs, topology);
  return {
    redis,
    subscriber,
    recordWrites: (onUnreplicated) =>
      replicas > 0
        ? new ConfirmedWrites({ redis: records, replicas, onUnreplicated })
        : unconfirmedWrites(redis),
    onUnavailable: observer.onFailure,
    isReady: () => all.isReady,
    startHeartbeats: () => all.startHeartbeats([redis, records]),
    stopHeartbeats: () => all.stopHeartbeats(),
    disconnect: () => all.disconnect(),
  };
}
