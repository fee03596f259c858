import { type Job, type Processor, WaitingError, Worker, type WorkerOptions } from 'bullmq';

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
   * BullMQ's processes what it fetches while it is paused: what it was waiting for, or was just fetching. This puts it back, at its place,
   * which wakes others that wait; that counts as no attempt.
   */
  protected override async callProcessJob(job: Job<Data, void, Name>, token: string, signal?: AbortSignal) {
    if (this.isPaused()) {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    return super.callProcessJob(job, token, signal);
  }
}
