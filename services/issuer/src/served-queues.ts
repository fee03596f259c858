import { issuanceQueuePrefix } from '@ravi/contract';
import { type RedisClient, spreadHashTags, unavailableReason } from '@ravi/redis';
import { steadyClock, writtenFormat } from '@ravi/runtime';
import { Watchdog } from './watchdog.ts';
import { type IssuanceWorkerOptions, openIssuanceQueue, startIssuanceWorker } from './issuance-worker.ts';

export interface ServedQueuesOptions extends Omit<IssuanceWorkerOptions, 'prefix' | 'onTaken'> {
  /** The connection on which probes are added. */
  readonly commands: RedisClient;
  readonly instance: string;
  /** A probe could not be added. */
  readonly onProbeFailure: (error: unknown) => void;
}

/** One queue that this process works on. */
interface ServedQueue {
  readonly worker: ReturnType<typeof startIssuanceWorker>;
  readonly queue: ReturnType<typeof openIssuanceQueue>;
  readonly watchdog: Watchdog;
}

/**
 * The queues that this issuer works on: all those over which any process spreads its logins. Each has a worker, and probe jobs that
 * show that it takes jobs.
 */
export class ServedQueues {
  readonly #options: ServedQueuesOptions;
  readonly #served = new Map<string, ServedQueue>();
  #paused = false;

  constructor(options: ServedQueuesOptions) {
    this.#options = options;
  }

  /** Begins to work on the queues over which logins are spread, for each of these numbers of queues. Those that are served already go on. */
  serve(counts: Iterable<number>): void {
    for (const count of counts) {
      const prefixes = spreadHashTags(issuanceQueuePrefix, count);
      const concurrency = Math.ceil(this.#options.concurrency / count);
      for (const prefix of prefixes) {
        if (!this.#served.has(prefix)) this.#served.set(prefix, this.#start(prefix, concurrency));
      }
    }
  }

  /** Adds a probe to each queue. `isServing`: false while this process may take no jobs, and none are missed. */
  async probe(isServing: boolean): Promise<void> {
    const { instance, onProbeFailure } = this.#options;
    const probes = [...this.#served.values()].map(async ({ queue, watchdog }) => {
      try {
        // At most one probe per issuer waits, because its id is the instance's.
        await queue.add(
          'probe',
          { v: writtenFormat, probe: true },
          { jobId: `probe.${instance}`, removeOnComplete: true, removeOnFail: true },
        );
        if (isServing) watchdog.redisAnswered();
        else watchdog.redisRefused('this process may take none now.');
      } catch (error) {
        onProbeFailure(error);
        watchdog.redisRefused(refusalIn(error));
      }
    });
    await Promise.all(probes);
  }

  /** Resolves once a job was taken from each queue. */
  async firstTaken(): Promise<void> {
    await Promise.all([...this.#served.values()].map(({ watchdog }) => watchdog.firstTaken));
  }

  /** Null if jobs are being taken from all queues, else the reason in a sentence. */
  unreadyReason(): string | null {
    if (this.#served.size === 0) return 'Starting.';
    const reasons = [...this.#served.values()].map(({ watchdog }) => watchdog.unreadyReason());
    return reasons.find((reason) => reason !== null) ?? null;
  }

  /** True if Redis has answered for a minute and no job was taken from one of the queues: only a restart helps. */
  stuck(): boolean {
    return [...this.#served.values()].some(({ watchdog }) => watchdog.stuck());
  }

  /** Takes no more jobs; those that were taken are finished. */
  pause(): void {
    this.#paused = true;
    for (const { worker } of this.#served.values()) void worker.pause(true);
  }

  resume(): void {
    this.#paused = false;
    for (const { worker } of this.#served.values()) void worker.resume();
  }

  /** Finishes the jobs that were taken. */
  async finish(): Promise<void> {
    await Promise.all([...this.#served.values()].map(({ worker }) => worker.close()));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#served.values()].map(({ queue }) => queue.close()));
  }

  #start(prefix: string, concurrency: number): ServedQueue {
    const watchdog = new Watchdog(steadyClock);
    const onTaken = () => watchdog.taken();
    const worker = startIssuanceWorker({ ...this.#options, concurrency, prefix, onTaken });
    if (this.#paused) void worker.pause(true);
    const queue = openIssuanceQueue(this.#options.commands, prefix);
    queue.on('error', () => undefined);
    return { worker, queue, watchdog };
  }
}

/** Why a probe could not be added: Redis's own words, where it answered. */
function refusalIn(error: unknown): string {
  if (unavailableReason(error) === 'connection') return 'it does not answer.';
  return error instanceof Error ? error.message : 'no answer';
}
