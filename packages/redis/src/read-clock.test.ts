import type { Redis } from 'ioredis';
import { readClock } from './read-clock.ts';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** What is read of a clock that is this far ahead, as of when it was read: in the middle of the time that the answer took. */
async function read(aheadMs: number, tripMs: number) {
  // The process has run for a while.
  await jest.advanceTimersByTimeAsync(5_000);
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const server = {
    time: async () => {
      await pause(tripMs / 2);
      const itsMs = Date.now() + aheadMs;
      await pause(tripMs / 2);
      return [String(Math.floor(itsMs / 1000)), String((itsMs % 1000) * 1000)];
    },
  } as unknown as Redis;
  const reading = readClock(server, () => Date.now());
  await jest.advanceTimersByTimeAsync(tripMs);
  return reading;
}

const follow = "this machine's: let both follow one source (NTP).";

test.each([
  ['agrees', 0, null],
  ['is nearly two seconds ahead', 1_999, null],
  ['is nearly two seconds behind', -1_999, null],
  ['is two seconds ahead', 2_000, `The clock of Redis is 2.0 s ahead of ${follow}`],
  ['is an hour behind', -3_600_250, `The clock of Redis is 3600.3 s behind ${follow}`],
])('a clock that %s', async (_, aheadMs, sentence) => {
  expect(await read(aheadMs, 40)).toEqual({ skewMs: aheadMs, sentence });
});

test('an answer that took longer than a second tells nothing', async () => {
  expect(await read(60_000, 1_000)).toMatchObject({ skewMs: 60_000 });
  expect(await read(60_000, 1_002)).toBeNull();
});
