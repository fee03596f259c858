import type { EventEmitter } from 'node:events';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { onServerLost, type ServerConnection } from './server-connection.ts';

/** A connection to Redis, as far as it is observed. */
export interface ObservedConnection extends EventEmitter {
  readonly status: string;
}

/** What is measured of a process's connections to Redis. */
export interface RedisMetrics {
  /** Observes a connection from now on; each under a name of its own. */
  observe(connection: ObservedConnection, name: string): void;
  /** A sign of life was answered after this time. */
  answered(latencyMs: number): void;
}

/** Registers the metrics; each connection that is observed has its own series. */
export function createRedisMetrics(registry: Registry): RedisMetrics {
  const registers = [registry];
  const observed = new Map<string, ObservedConnection>();
  const losses = new Counter({
    name: 'ravi_redis_connection_losses_total',
    help: 'How often a connection to Redis was lost.',
    labelNames: ['connection'],
    registers,
  });
  const latency = new Histogram({
    name: 'ravi_redis_latency_seconds',
    help: 'Time until Redis answers a PING, asked every 1.5 seconds on the connections of requests and jobs.',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.8],
    registers,
  });
  const connected: Gauge = new Gauge({
    name: 'ravi_redis_connected',
    help: 'Whether the connection to Redis takes commands now.',
    labelNames: ['connection'],
    registers,
    collect: () => {
      for (const [connection, { status }] of observed)
        connected.set({ connection }, status === 'ready' ? 1 : 0);
    },
  });
  return {
    observe(connection, name) {
      observed.set(name, connection);
      losses.inc({ connection: name }, 0);
      let wasReady = false;
      connection.on('ready', () => (wasReady = true));
      connection.on('close', () => {
        if (wasReady) losses.inc({ connection: name });
        wasReady = false;
      });
      connection.on('+node', (server: ServerConnection) =>
        onServerLost(server, () => losses.inc({ connection: name })),
      );
    },
    answered: (latencyMs) => latency.observe(latencyMs / 1000),
  };
}
