import { randomUUID } from 'node:crypto';
import { issuanceQueuePrefix } from '@ravi/contract';
import type { RedisClient } from '@ravi/redis';
import type { WorkerOptions } from 'bullmq';

/** The queue of the floor worker that does this work. */
export function floorQueueName(work: string): string {
  return `floor-${work}`;
}

/** A job of a floor. `addedMs`: when it was added, in milliseconds since the epoch, if its age is to be reported. */
export interface FloorJob {
  readonly loginId: string;
  readonly addedMs?: number;
}

/** The options of our issuer's worker. */
export function workerOptions(connection: RedisClient): WorkerOptions {
  return {
    connection,
    prefix: issuanceQueuePrefix,
    concurrency: 64,
    lockDuration: 5_000,
    stalledInterval: 3_000,
    drainDelay: 2,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
    name: randomUUID(),
  };
}
