import { issuanceQueuePrefix } from '@ravi/contract';
import type { RedisClient } from '@ravi/redis';
import { Queue } from 'bullmq';
import { connectFloor } from './floors/floor.ts';
import { floorQueueName, type FloorJob } from './floors/floor-queue.ts';
import { startProgram, type RunningProgram } from './program.ts';
import { drainPerSecond } from './drain.ts';
import { nowMs } from '../load/measuring/now.ts';

/** Jobs that are added concurrently, as by that many approvers. */
const addingAtATime = 64;

/** Workers that do almost nothing, and their queue. */
export class FloorWorker {
  readonly #workers: readonly RunningProgram[];
  readonly #redis: RedisClient;
  readonly #queue: Queue<FloorJob>;
  #jobs = 0;

  private constructor(workers: readonly RunningProgram[], redis: RedisClient, queue: Queue<FloorJob>) {
    this.#workers = workers;
    this.#redis = redis;
    this.#queue = queue;
  }

  /** Starts `count` worker processes whose jobs do this work. */
  static async start(
    work: 'nothing' | 'sign',
    redisUrl: string,
    count: number,
    cpu: number | null = null,
  ): Promise<FloorWorker> {
    const start = () => startProgram('floors/worker.ts', redisUrl, cpu, { env: { WORK: work } });
    const workers = await Promise.all(Array.from({ length: count }, start));
    const redis = connectFloor('commands', redisUrl);
    await new Promise((resolve) => redis.once('ready', resolve));
    const options = { connection: redis, prefix: issuanceQueuePrefix, skipMetasUpdate: true };
    return new FloorWorker(workers, redis, new Queue<FloorJob>(floorQueueName(work), options));
  }

  /** Jobs a second while many producers add them and workers process them. */
  async jobsPerSecond(jobs: number): Promise<number> {
    const startMs = performance.now();
    await this.#addMany(jobs);
    await drainPerSecond(this.#queue, jobs);
    return (jobs * 1000) / (performance.now() - startMs);
  }

  /** Jobs a second when all are in the queue already: only workers and Redis. */
  async drainRate(jobs: number): Promise<number> {
    await this.#queue.pause();
    await this.#addMany(jobs);
    await this.#queue.resume();
    return drainPerSecond(this.#queue, jobs);
  }

  /** Milliseconds from adding a job to its start, on an idle machine, one after the other. */
  async jobAges(jobs: number, pauseMs: number): Promise<readonly number[]> {
    for (let i = 0; i < jobs; i++) {
      await this.#add({ loginId: 'timed', addedMs: nowMs() });
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    const response = await fetch(this.#workers[0]?.url ?? '');
    return (await response.json()) as number[];
  }

  /** Milliseconds of a Redis round trip, one after the other. */
  async roundTrips(count: number): Promise<readonly number[]> {
    const times: number[] = [];
    for (let i = 0; i < count; i++) {
      const startMs = performance.now();
      await this.#redis.call('PING');
      times.push(performance.now() - startMs);
    }
    return times;
  }

  async stop(): Promise<void> {
    await this.#queue.close();
    this.#redis.disconnect();
    await Promise.all(this.#workers.map(({ server }) => server.stop()));
  }

  async #addMany(jobs: number): Promise<void> {
    let left = jobs;
    const add = async () => {
      while (left-- > 0) await this.#add({ loginId: 'any' });
    };
    await Promise.all(Array.from({ length: addingAtATime }, add));
  }

  async #add(data: FloorJob): Promise<void> {
    const options = {
      jobId: `floor.${process.pid}.${++this.#jobs}`,
      removeOnComplete: true,
      removeOnFail: true,
      attempts: 500,
    };
    await this.#queue.add('floor', data, options);
  }
}
