import { maxPerJob } from '@ravi/contract';
import { JobBatches } from './batches.ts';

/** A queue whose adding ends when the test says so. */
class SlowQueue {
  readonly jobs: (readonly string[])[] = [];
  readonly #ends: PromiseWithResolvers<void>[] = [];

  readonly add = (entries: readonly string[]): Promise<void> => {
    this.jobs.push(entries);
    const end = Promise.withResolvers<void>();
    this.#ends.push(end);
    return end.promise;
  };

  end(index: number, error?: Error): void {
    if (error) this.#ends[index]?.reject(error);
    else this.#ends[index]?.resolve();
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a lone entry is added at once, by itself', () => {
  const queue = new SlowQueue();
  void new JobBatches(queue.add).add('a');
  expect(queue.jobs).toEqual([['a']]);
});

test('what comes while a job is being added shares the next ones, none larger than allowed', async () => {
  const queue = new SlowQueue();
  const batches = new JobBatches(queue.add);
  void batches.add('first');
  const others = Array.from({ length: maxPerJob + 3 }, (_, index) => batches.add(String(index)));
  expect(queue.jobs).toHaveLength(1);
  queue.end(0);
  await turn();
  expect(queue.jobs.slice(1).map(({ length }) => length)).toEqual([maxPerJob, 3]);
  expect(queue.jobs.slice(1).flat()).toEqual(others.map((_, index) => String(index)));
});

test('each resolves with its own job, and one that could not be added fails its own entries alone', async () => {
  const queue = new SlowQueue();
  const batches = new JobBatches(queue.add);
  const first = batches.add('first');
  const second = batches.add('second');
  queue.end(0, new Error('Redis is away'));
  await expect(first).rejects.toThrow('Redis is away');
  await turn();
  queue.end(1);
  await expect(second).resolves.toBeUndefined();
  await turn();
  const third = batches.add('third');
  queue.end(2);
  await expect(third).resolves.toBeUndefined();
  expect(queue.jobs).toEqual([['first'], ['second'], ['third']]);
});
