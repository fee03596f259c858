import {
  deliveryAttempts,
  deliveryJobOptions,
  issuanceQueuePrefix,
  mailJobOptions,
  mailQueueName,
} from '@ravi/contract';
import type { RedisClient } from '@ravi/redis';
import type { Logger } from '@ravi/telemetry';
import { Queue } from 'bullmq';
import { JobWorker } from '../job-worker.ts';
import { Undeliverable } from './undeliverable.ts';

/** Concurrent deliveries of one process. */
const concurrency = 8;

/** Something to deliver; its id keeps it from being queued twice. It must contain no secret. */
export interface Delivery<Data> {
  readonly id: string;
  readonly data: Data;
  /** How long it waits before it is delivered; absent: not at all. */
  readonly delayMs?: number;
}

export interface DeliveryQueueOptions<Data> {
  readonly name: 'webhook' | typeof mailQueueName;
  readonly commands: RedisClient;
  readonly worker: RedisClient;
  readonly logger: Logger;
  /** Delivers. If it rejects, it is retried, but not after `Undeliverable`. */
  readonly deliver: (delivery: Pick<Delivery<Data>, 'id' | 'data'>) => Promise<void>;
  readonly onOutcome: (outcome: 'delivered' | 'failed' | 'refused' | 'dead') => void;
}

/** The deliveries of a kind that wait, whichever process makes them. */
export class WaitingDeliveries {
  readonly #queue: Queue;

  constructor(name: DeliveryQueueOptions<object>['name'], commands: RedisClient) {
    this.#queue = new Queue(name, {
      connection: commands,
      prefix: issuanceQueuePrefix,
      skipMetasUpdate: true,
    });
    this.#queue.on('error', () => undefined);
  }

  /** As `DeliveryQueue` tells it. */
  oldestDueMs(): Promise<number | null> {
    return oldestDueMsOf(this.#queue);
  }

  async close(): Promise<void> {
    await this.#queue.close();
  }
}

/**
 * Delivers to other services, at least once, with retries. Its queue and worker are separate from issuing, which a slow receiver
 * therefore never delays.
 */
export class DeliveryQueue<Data extends object> {
  readonly #queue: Queue<Data>;
  readonly #worker: JobWorker<Data>;
  /** How long what ended in each way is kept. */
  readonly #keptMs: Readonly<Record<'completed' | 'failed', number>>;

  constructor({ name, commands, worker, logger, deliver, onOutcome }: DeliveryQueueOptions<Data>) {
    const defaultJobOptions = name === mailQueueName ? mailJobOptions : deliveryJobOptions;
    const { removeOnComplete, removeOnFail } = defaultJobOptions;
    this.#keptMs = { completed: removeOnComplete.age * 1000, failed: removeOnFail.age * 1000 };
    this.#queue = new Queue<Data>(name, {
      connection: commands,
      prefix: issuanceQueuePrefix,
      skipMetasUpdate: true,
      defaultJobOptions,
    });
    this.#queue.on('error', () => undefined);
    this.#worker = new JobWorker<Data>(
      name,
      async ({ id = '', data, attemptsMade }) => {
        const attempt = attemptsMade + 1;
        try {
          await deliver({ id, data });
        } catch (error) {
          const about = { delivery: name, job: id, attempt, reason: messageOf(error) };
          if (error instanceof Undeliverable) {
            onOutcome('refused');
            return logger.warn(about, 'a delivery was refused for good; it is not tried again');
          }
          // Told here: of an attempt whose job was taken over meanwhile, as from a process that was paused, BullMQ tells nothing.
          if (attempt < deliveryAttempts) {
            onOutcome('failed');
            logger.warn(about, 'a delivery failed; trying again');
          }
          throw error;
        }
        onOutcome('delivered');
      },
      { connection: worker, prefix: issuanceQueuePrefix, concurrency },
    );
    // Not told of a last attempt whose job was taken over: the other process may still deliver, and tells what becomes of it.
    this.#worker.on('failed', (job, error) => {
      if (job === undefined || job.attemptsMade < deliveryAttempts) return;
      onOutcome('dead');
      const about = { delivery: name, job: job.id, attempt: job.attemptsMade, reason: messageOf(error) };
      logger.error(about, 'given up on a delivery');
    });
    this.#worker.on('error', (error) => logger.debug({ error }, 'the delivery queue cannot be reached'));
  }

  /** Adds deliveries, unless they are queued already. Rejects if Redis is away. */
  async add(deliveries: readonly Delivery<Data>[]): Promise<void> {
    await this.#queue.addBulk(
      deliveries.map(
        ({ id, data, delayMs = 0 }) =>
          ({ name: 'deliver', data, opts: { jobId: id, delay: delayMs } }) as never,
      ),
    );
  }

  /** The number of waiting deliveries, retries included. */
  async backlog(): Promise<number> {
    return this.#queue.getJobCountByTypes('wait', 'delayed', 'active');
  }

  /** Of the next deliveries, when the one that has waited longest was due, in ms since the epoch; null where none waits. */
  oldestDueMs(): Promise<number | null> {
    return oldestDueMsOf(this.#queue);
  }

  /**
   * Forgets what was delivered or given up so long ago that it is kept no longer, and whose id may come again: BullMQ by itself looks only
   * when one more is.
   */
  async forgetOld(): Promise<void> {
    for (const how of ['completed', 'failed'] as const)
      await this.#queue.clean(this.#keptMs[how], 1_000, how);
  }

  /** Finishes the deliveries in progress. */
  async close(): Promise<void> {
    await this.#worker.close();
    await this.#queue.close();
  }
}

async function oldestDueMsOf(queue: Pick<Queue, 'getJobs'>): Promise<number | null> {
  const next = await queue.getJobs(['waiting', 'active', 'delayed'], 0, 9, true);
  const due = next.map(({ timestamp, opts }) => timestamp + (opts.delay ?? 0));
  return due.length > 0 ? Math.min(...due) : null;
}

/** `fetch` says of every failure to connect only that it failed; its cause says why. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  if (!(cause instanceof Error)) return message;
  const why = 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
  return `${message}: ${why}`;
}
