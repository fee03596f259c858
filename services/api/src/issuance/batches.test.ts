import { maxLoginsPerJob } from '@ravi/contract';
import { IssuanceBatches, type QueuedLogin } from './batches.ts';

/** A queue whose adding ends when the test says so. */
class SlowQueue {
  readonly jobs: (readonly string[])[] = [];
  readonly #ends: PromiseWithResolvers<void>[] = [];

  readonly add = (logins: readonly QueuedLogin[]): Promise<void> => {
    this.jobs.push(logins.map(({ loginId }) => loginId));
    const end = Promise.withResolvers<void>();
    this.#ends.push(end);
    return end.promise;
  };

  /** Ends the job with this number. */
  end(index: number, error?: Error): void {
    if (error) this.#ends[index]?.reject(error);
    else this.#ends[index]?.resolve();
  }
}

const login = (name: number | string): QueuedLogin => ({
  loginId: String(name),
  startedAtMs: 1,
});
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a lone login is added at once, by itself', () => {
  const queue = new SlowQueue();
  void new IssuanceBatches(queue.add).add(login('a'));
  expect(queue.jobs).toEqual([['a']]);
});

test('what is approved while a job is being added shares the next ones, none larger than allowed', async () => {
  const queue = new SlowQueue();
  const batches = new IssuanceBatches(queue.add);
  void batches.add(login('first'));
  const others = Array.from({ length: maxLoginsPerJob + 3 }, (_, index) => batches.add(login(index)));
  expect(queue.jobs).toHaveLength(1);
  queue.end(0);
  await turn();
  expect(queue.jobs.slice(1).map(({ length }) => length)).toEqual([maxLoginsPerJob, 3]);
  expect(queue.jobs.slice(1).flat()).toEqual(others.map((_, index) => String(index)));
});

test('each resolves with its own job, and one that could not be added fails its own logins alone', async () => {
  const queue = new SlowQueue();
  const batches = new IssuanceBatches(queue.add);
  const first = batches.add(login('first'));
  const second = batches.add(login('second'));
  queue.end(0, new Error('Redis is away'));
  await expect(first).rejects.toThrow('Redis is away');
  await turn();
  queue.end(1);
  await expect(second).resolves.toBeUndefined();
  await turn();
  const third = batches.add(login('third'));
  queue.end(2);
  await expect(third).resolves.toBeUndefined();
  expect(queue.jobs).toEqual([['first'], ['second'], ['third']]);
});
