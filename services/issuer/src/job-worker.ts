import { type Processor, Worker, type WorkerOptions } from 'bullmq';

/**
 * How long one read waits for a job. A connection that died without a word is replaced a second after a read should have ended; an idle
 * worker sends two commands in this time.
 */
const readSeconds = 2;

/**
 * Takes jobs from a queue. Jobs of a process that was killed are taken over within seconds: locks are held for 5 s and checked every 3 s
 * (BullMQ's defaults are 30 s each). What a lost connection prevented is tried again after a second (BullMQ: 15 s).
 */
export class JobWorker<Data, Name extends string = string> extends Worker<Data, void, Name> {
  constructor(
    queue: string,
    process: Processor<Data, void, Name>,
    options: Pick<
      WorkerOptions,
      'connection' | 'prefix' | 'concurrency' | 'removeOnComplete' | 'removeOnFail'
    >,
  ) {
    super(queue, process, {
      ...options,
      lockDuration: 5_000,
      stalledInterval: 3_000,
      maxStalledCount: 1_000,
      drainDelay: readSeconds,
      runRetryDelay: 1_000,
    });
  }

  /** BullMQ's is 10 s where jobs are delayed: a dead connection would be noticed only after 11 s. */
  override get maximumBlockTimeout(): number {
    return readSeconds;
  }

  /**
   * BullMQ's takes one more job after a pause: that for which the worker was waiting. This leaves it to others, who find it when their
   * reads end.
   */
  protected override moveToActive(token: string, name?: string) {
    return this.isPaused() ? this.nextJobFromJobData() : super.moveToActive(token, name);
  }
}
