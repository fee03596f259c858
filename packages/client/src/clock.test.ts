import { getEventListeners } from 'node:events';
import { systemClock } from './clock.ts';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Whether a pause is over, once it was asked. */
async function watch(pause: Promise<void>) {
  let isOver = false;
  void pause.then(() => (isOver = true));
  return async () => {
    await Promise.resolve();
    return isOver;
  };
}

test('a pause takes its time, and leaves nothing behind', async () => {
  const { signal } = new AbortController();
  const isOver = await watch(systemClock.pause(500, signal));
  jest.advanceTimersByTime(499);
  expect(await isOver()).toBe(false);
  jest.advanceTimersByTime(1);
  expect(await isOver()).toBe(true);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test.each(['before', 'meanwhile'])('an abort %s ends it at once, and leaves nothing behind', async (when) => {
  const aborting = new AbortController();
  if (when === 'before') aborting.abort();
  const isOver = await watch(systemClock.pause(500, aborting.signal));
  if (when === 'meanwhile') aborting.abort();
  expect(await isOver()).toBe(true);
  expect(jest.getTimerCount()).toBe(0);
  expect(getEventListeners(aborting.signal, 'abort')).toEqual([]);
});

test('a pause of months takes 24 days, and not no time', async () => {
  const isOver = await watch(systemClock.pause(1e10));
  jest.advanceTimersByTime(24 * 86_400_000);
  expect(await isOver()).toBe(false);
  jest.advanceTimersByTime(86_400_000);
  expect(await isOver()).toBe(true);
});

test('a pause needs no signal', async () => {
  const isOver = await watch(systemClock.pause(500));
  jest.advanceTimersByTime(500);
  expect(await isOver()).toBe(true);
});

test('the time is that of this machine', () => {
  const before = [Date.now(), performance.now()] as const;
  expect([systemClock.nowMs(), systemClock.monotonicMs()]).toEqual(before);
  jest.advanceTimersByTime(40);
  expect(systemClock.nowMs() - before[0]).toBe(40);
  expect(systemClock.monotonicMs() - before[1]).toBe(40);
});
