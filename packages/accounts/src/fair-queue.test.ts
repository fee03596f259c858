import { FairQueue, QueueFull } from './fair-queue.ts';

/** A queue of ten places, what was done in it, in order, and a way to do the next. */
function queue() {
  const waiting = new FairQueue(10);
  const done: string[] = [];
  const dropped: string[] = [];
  const steps: (() => void)[] = [];
  const add = (party: string, name = party) =>
    waiting
      .run(party, async () => {
        const { promise, resolve } = Promise.withResolvers<void>();
        steps.push(resolve);
        await promise;
        done.push(name);
      })
      .catch((error: unknown) => {
        if (error instanceof QueueFull) dropped.push(name);
        else throw error;
      });
  const finish = async () => {
    for (let idle = 0; idle < 5; idle++) {
      await new Promise(setImmediate);
      const step = steps.shift();
      if (!step) continue;
      expect(steps).toHaveLength(0);
      step();
      idle = -1;
    }
  };
  return { add, finish, done, dropped };
}

/** @shows password guessing */
test('a party that rushes waits for itself: one of each has its turn', async () => {
  const { add, finish, done } = queue();
  for (let i = 0; i < 6; i++) void add('rush');
  void add('one');
  void add('two');
  void add('one');
  await finish();
  expect(done).toEqual(['rush', 'rush', 'one', 'two', 'rush', 'one', 'rush', 'rush', 'rush']);
});

/** @shows password guessing */
test('a full queue takes in whoever comes, in place of the newest of the party that has most', async () => {
  const { add, finish, done, dropped } = queue();
  for (let i = 0; i <= 10; i++) void add('rush', `rush ${i}`);
  void add('one');
  void add('rush', 'rush 11');
  await finish();
  expect(dropped.toSorted()).toEqual(['rush 10', 'rush 11']);
  expect(done).toHaveLength(11);
  expect(done.indexOf('one')).toBeLessThanOrEqual(2);
});

test('where nobody has more than the one who comes, nobody loses a place', async () => {
  const { add, finish, done, dropped } = queue();
  for (let i = 0; i <= 10; i++) void add(`party ${i}`);
  void add('late');
  await finish();
  expect(dropped).toEqual(['late']);
  expect(done).toHaveLength(11);
});

test('work that fails is over, and the next has its turn', async () => {
  const waiting = new FairQueue(10);
  const failed = waiting.run('one', () => Promise.reject(new Error('no')));
  const second = waiting.run('one', () => Promise.resolve('done'));
  await expect(failed).rejects.toThrow('no');
  expect(await second).toBe('done');
  expect(await waiting.run('two', () => Promise.resolve('again'))).toBe('again');
});
