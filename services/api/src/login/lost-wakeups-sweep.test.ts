import type { Logger } from '@ravi/telemetry';
import type { HeldWaits } from './held-waits.ts';
import { startSweeping } from './lost-wakeups-sweep.ts';

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** Sweeps every ten seconds; each sweep fails with its error, if there is one for it. */
function sweeping(errors: unknown[] = []) {
  const spreads: number[] = [];
  const logged: string[] = [];
  const heldWaits = {
    sweep: async (spreadMs: number) => {
      spreads.push(spreadMs);
      const error = errors.shift();
      if (error !== undefined) throw error;
    },
  } as unknown as HeldWaits;
  const logger = { error: (_: unknown, text: string) => void logged.push(text) } as unknown as Logger;
  return { spreads, logged, sweeps: startSweeping(heldWaits, 10, logger) };
}

test('held logins are checked every ten seconds, a fifth more or less, over half of that time; and never once it is stopped', async () => {
  const { spreads, sweeps } = sweeping();
  // Half of the time is for the sweep itself, which takes none here.
  await pass(3_999);
  expect(spreads).toEqual([]);
  await pass(2_002);
  expect(spreads).toHaveLength(1);
  await pass(6_001);
  expect(spreads.length).toBeGreaterThanOrEqual(2);
  sweeps.now();
  expect(spreads.at(-1)).toBe(0);
  for (const spreadMs of spreads.slice(0, -1)) {
    expect(spreadMs).toBeGreaterThanOrEqual(4_000);
    expect(spreadMs).toBeLessThanOrEqual(6_000);
  }
  sweeps.stop();
  const count = spreads.length;
  await pass(60_000);
  expect([spreads.length, jest.getTimerCount()]).toEqual([count, 0]);
});

test('a sweep that fails is followed by the next one, and told unless Redis is away', async () => {
  const { spreads, logged, sweeps } = sweeping([
    new Error('Command timed out'),
    new Error('a mistake of ours'),
  ]);
  await pass(6_001);
  expect([spreads.length, logged]).toEqual([1, []]);
  await pass(6_001);
  expect(spreads.length).toBeGreaterThanOrEqual(2);
  expect(logged).toEqual(['sweep failed']);
  sweeps.stop();
});

test('where Redis was late for a check of all that must be now, they are checked again each second until they are; a mistake of ours is not repeated', async () => {
  const { spreads, logged, sweeps } = sweeping([
    new Error('Command timed out'),
    new Error('Command timed out'),
  ]);
  sweeps.now();
  await pass(999);
  expect(spreads).toEqual([0]);
  await pass(1);
  expect(spreads).toEqual([0, 0]);
  await pass(1_900);
  expect(spreads).toEqual([0, 0, 0]);
  sweeps.stop();
  const mistaken = sweeping([new Error('a mistake of ours')]);
  mistaken.sweeps.now();
  await pass(3_900);
  expect([mistaken.spreads, mistaken.logged, logged]).toEqual([[0], ['sweep failed'], []]);
  mistaken.sweeps.stop();
});

test('a check of all that is under way when it is stopped is the last one', async () => {
  const { spreads, sweeps } = sweeping([new Error('Command timed out')]);
  sweeps.now();
  sweeps.stop();
  await pass(60_000);
  expect([spreads, jest.getTimerCount()]).toEqual([[0], 0]);
  const ended = Promise.withResolvers<void>();
  const slow = startSweeping({ sweep: () => ended.promise } as unknown as HeldWaits, 10, {} as Logger);
  await pass(6_001);
  slow.stop();
  ended.resolve();
  await pass(0);
  expect(jest.getTimerCount()).toBe(0);
});
