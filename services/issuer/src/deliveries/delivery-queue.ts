import { issuanceQueuePrefix } from '@ravi/contract';
import type { RedisClient } from '@ravi/redis';
import type { Logger } from '@ravi/telemetry';
import { Queue, Worker } from 'bullmq';

/** Deliveries that are tried at the same time by one process. */
const concurrency = 8;

/** First wait before another attempt; each next one is twice as long: 14 of them are about 4.5 hours. */
const firstRetryMs = 1_000;
const attempts = 15;

/** What could not be delivered is kept for a week, the latest thousand of it. */
const deadLetters = { age: 7 * 86_400, count: 1_000 };

/** Something to be delivered; its id keeps it from being there twice. No secret may be in it. */
export interface Delivery<Data> {
  readonly id: string;
  readonly data: Data;
}

export interface DeliveryQueueOptions<Data> {
  readonly name: 'webhook' | 'mail';
  readonly commands: RedisClient;
  readonly worker: RedisClient;
  readonly logger: Logger;
  /** Delivers, or rejects: then it is tried again. */
  readonly deliver: (delivery: Delivery<Data>) => Promise<void>;
  readonly onOutcome: (outcome: 'delivered' | 'failed' | 'dead') => void;
}

/**
 * Delivers to the outside, at least once, with patience: a queue and worker apart from issuing, which a slow receiver therefore
 * never delays. A killed process's deliveries are taken over within seconds.
 */
export class DeliveryQueue<Data extends object> {
  readonly #queue: Queue<Data>;
  readonly #worker: Worker<Data>;

  constructor({ name, commands, worker, logger, deliver, onOutcome }: DeliveryQueueOptions<Data>) {
    this.#queue = new Queue<Data>(name, {
      connection: commands,
      prefix: issuanceQueuePrefix,
      skipMetasUpdate: true,
      defaultJobOptions: {
        attempts,
        backoff: { type: 'exponential', delay: firstRetryMs, jitter: 0.3 },
        // Kept for a while: what is asked for again was delivered already.
        removeOnComplete: { age: 3_600, count: 1_000 },
        removeOnFail: deadLetters,
      },
    });
    this.#queue.on('error', () => undefined);
    this.#worker = new Worker<Data>(
      name,
      async (job) => {
        await deliver({ id: job.id ?? '', data: job.data });
        onOutcome('delivered');
      },
      {
        connection: worker,
        prefix: issuanceQueuePrefix,
        concurrency,
        lockDuration: 5_000,
        stalledInterval: 3_000,
        maxStalledCount: 1_000,
        drainDelay: 2,
      },
    );
    this.#worker.on('failed', (job, error) => {
      const dead = job !== undefined && job.attemptsMade >= attempts;
      onOutcome(dead ? 'dead' : 'failed');
      const about = { delivery: name, job: job?.id, attempt: job?.attemptsMade, reason: error.message };
      if (dead) logger.error(about, 'given up on a delivery');
      else logger.warn(about, 'a delivery failed; trying again');
    });
    this.#worker.on('error', (error) => logger.debug({ error }, 'the deliveries are out of reach'));
  }

  /** Adds deliveries, unless they are there already. Rejects when Redis is away. */
  async add(deliveries: readonly Delivery<Data>[]): Promise<void> {
    await this.#queue.addBulk(
      deliveries.map(({ id, data }) => ({ name: 'deliver', data, opts: { jobId: id } }) as never),
    );
  }

  /** How many wait, for a first attempt or another. */
  async backlog(): Promise<number> {
    return this.#queue.getJobCountByTypes('wait', 'delayed', 'active');
  }

  /** Finishes what is being delivered. */
  async close(): Promise<void> {
    await this.#worker.close();
    await this.#queue.close();
  }
}
