import type { RedisClient } from '@ravi/redis';
import type { Logger } from '@ravi/telemetry';
import { UnusedLogins } from './unused-logins.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('an issuer asks every ten minutes, for as long as it runs, whether it is time to look for logins that end unused', async () => {
  let asked = 0;
  const redis = {
    // Another issuer has just looked.
    set: async () => {
      asked++;
      return null;
    },
  };
  const logins = new UnusedLogins({
    redis: redis as unknown as RedisClient,
    clock: { nowMs: () => 0 },
    logger: { debug: () => undefined } as unknown as Logger,
    idleMs: 90 * 24 * 3_600_000,
    tell: () => Promise.resolve(),
  });
  await jest.advanceTimersByTimeAsync(0);
  expect(asked).toBe(1);
  for (const times of [2, 3, 4]) {
    await jest.advanceTimersByTimeAsync(10 * 60_000);
    expect(asked).toBe(times);
  }
  await logins.stop();
  expect(jest.getTimerCount()).toBe(0);
});
