import type { PublishedKeys } from '@ravi/credentials';
import type { Membership, RedisClient } from '@ravi/redis';
import type { Clock } from '@ravi/runtime';
import type { Logger, Registry } from '@ravi/telemetry';
import { backlogMetrics } from './backlog-metrics.ts';
import type { IssuerConfig } from './config.ts';
import type { Issuing } from './compose.ts';
import type { SigningKeys } from './signing-keys/signing-keys.ts';

/** How often a probe job is added. */
const probeIntervalMs = 3_000;

/** How often the figures of `backlogMetrics` are read from Redis. */
const backlogIntervalMs = 5_000;

/** How often the issuer reads its signing keys again, and learns which one is active. */
const keysIntervalMs = 2_000;

/** How often deliveries that ended long ago are forgotten. */
const forgetIntervalMs = 600_000;

export interface ScheduleDeps extends Pick<Issuing, 'queues' | 'deliveries'> {
  readonly membership: Membership;
  readonly commands: RedisClient;
  readonly published: PublishedKeys;
  readonly signingKeys: SigningKeys;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
}

/** What an issuer does by the clock. */
export interface Schedule {
  /** Resolves once all of it was done for the first time: the queues are served from then on. */
  readonly begun: Promise<unknown>;
  stop(): void;
}

/** Begins to probe and serve the queues, to read the signing keys again, to measure what waits, and to forget old deliveries. */
export function startSchedule(config: IssuerConfig, deps: ScheduleDeps): Schedule {
  const { queues, deliveries, membership, signingKeys, logger } = deps;
  const probe = async (): Promise<void> => {
    // Always the single queue as well: releases from before several queues use it, and so may processes that are still to come.
    queues.serve(new Set([1, ...membership.queueCounts]));
    await queues.probe(membership.disagreement === null);
    if (queues.stuck()) {
      logger.fatal('no job was taken for a minute although Redis answers; exiting, to be restarted');
      process.exit(1);
    }
  };
  const measureBacklog = backlogMetrics({
    redis: deps.commands,
    published: deps.published,
    oldestDeliveries: () => deliveries.oldest(),
    clock: deps.clock,
    registry: deps.registry,
    auditMaxEvents: config.auditMaxEvents,
  });
  const timers = [
    setInterval(() => void measureBacklog(), backlogIntervalMs),
    setInterval(() => void probe(), probeIntervalMs),
    setInterval(() => void deliveries.forgetOld().catch(() => undefined), forgetIntervalMs),
    setInterval(() => void signingKeys.refresh().catch(() => undefined), keysIntervalMs),
  ];
  return {
    begun: Promise.all([probe(), measureBacklog()]),
    stop: () => timers.forEach((timer) => clearInterval(timer)),
  };
}
