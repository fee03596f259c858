import { ClockSkew } from './clock-skew.ts';
import { Outages, type OutagesOptions } from './outages.ts';
import { createRedisMetrics, type ObservedConnection } from './redis-metrics.ts';
import { watchConnection } from './watch-connection.ts';

/** What a process tells of its Redis, in log and metrics. */
export interface RedisTelemetry {
  /** Observes a connection from now on; each has a name of its own. `place` says where its Redis is. */
  observe(connection: ObservedConnection, name: string, place: string): void;
  /** A sign of life was answered after this time. */
  readonly onReply: (latencyMs: number) => void;
  /** A server's clock was read. */
  readonly onClock: ClockSkew['note'];
  /** Something failed with this error. Does nothing where the error is no outage. */
  readonly onFailure: (error: unknown) => void;
}

/** Registers the metrics of connections and outages. */
export function observeRedis(options: OutagesOptions): RedisTelemetry {
  const { logger, registry } = options;
  const metrics = createRedisMetrics(registry);
  const outages = new Outages(options);
  const clockSkew = new ClockSkew(options);
  return {
    observe(connection, name, place) {
      watchConnection(connection, { role: name, place }, logger);
      metrics.observe(connection, name);
    },
    onReply: (latencyMs) => metrics.answered(latencyMs),
    onClock: clockSkew.note,
    onFailure: outages.note,
  };
}
