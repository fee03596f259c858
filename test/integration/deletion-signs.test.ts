import { randomUUID } from 'node:crypto';
import { OpenDeletions } from '@ravi/accounts';
import { connectedRedis } from '../support/connected-redis.ts';

const { redis } = await connectedRedis();
/** All but what sends commands to Redis. */
const fakeTimers = () => jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });

test('a deletion gives a sign of life every minute while it lasts, and one that is over does not come back by it', async () => {
  const prefix = `test:${randomUUID()}:`;
  const deletions = new OpenDeletions(redis, prefix);
  const notedAt = () => redis.zscore(`${prefix}ravi:deletions`, '7');
  await deletions.note(7);
  await redis.zadd(`${prefix}ravi:deletions`, 1, '7');
  fakeTimers();
  const work = Promise.withResolvers<string>();
  const during = deletions.during(7, () => work.promise);
  jest.advanceTimersByTime(59_999);
  // A connection runs its commands in order: what was given as a sign is there.
  expect(await notedAt()).toBe('1');
  const beganMs = Date.now();
  jest.advanceTimersByTime(1);
  jest.useRealTimers();
  expect(Number(await notedAt())).toBeGreaterThan(beganMs - 3_600_000);
  work.resolve('done');
  expect(await during).toBe('done');

  fakeTimers();
  const late = Promise.withResolvers<string>();
  const another = deletions.during(7, () => late.promise);
  await deletions.forget(7);
  jest.advanceTimersByTime(60_000);
  expect(await notedAt()).toBeNull();
  late.resolve('done');
  await another;
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

test('a deletion that gave no sign of life for five minutes is taken by another process, and one that did is not', async () => {
  const prefix = `test:${randomUUID()}:`;
  const deletions = new OpenDeletions(redis, prefix);
  const [seconds, micros] = await redis.time();
  const nowMs = Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
  await redis.zadd(`${prefix}ravi:deletions`, nowMs - 290_000, '7');
  expect(await deletions.take()).toBeNull();
  await redis.zadd(`${prefix}ravi:deletions`, nowMs - 300_000, '7');
  expect(await deletions.take()).toBe(7);
  // It counts as a sign of life.
  expect(await deletions.take()).toBeNull();
});
