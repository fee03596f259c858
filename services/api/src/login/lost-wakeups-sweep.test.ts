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
