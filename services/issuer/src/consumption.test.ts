import { Consumption } from './consumption.ts';

const probeEveryMs = 3_000;

function running() {
  const clock = { ms: 1_000, nowMs: () => clock.ms };
  const consumption = new Consumption(clock);
  return {
    consumption,
    /** Time passes, in which a probe is added every three seconds. */
    passes: (seconds: number, isRedisThere = true) => {
      for (let left = seconds * 1000; left > 0; left -= probeEveryMs) {
        clock.ms += probeEveryMs;
        if (isRedisThere) consumption.redisAnswered();
        else consumption.redisRefused('away');
      }
    },
    /** The process does not run for a time. */
    paused: (seconds: number) => {
      clock.ms += seconds * 1000;
      consumption.redisAnswered();
    },
  };
}

test('an issuer is ready once it took a job, and no longer when none came for a while', () => {
  const { consumption, passes } = running();
  consumption.redisAnswered();
  expect(consumption.unreadyReason()).toMatch(/No job/);
  consumption.taken();
  expect(consumption.unreadyReason()).toBeNull();
  passes(16);
  expect(consumption.unreadyReason()).toMatch(/No job/);
});

test('whoever waits for the first job learns of it', async () => {
  const { consumption } = running();
  consumption.taken();
  await expect(consumption.firstTaken).resolves.toBeUndefined();
});

test('an issuer whose Redis is away is not ready, and not to be restarted for that', () => {
  const { consumption, passes } = running();
  consumption.redisAnswered();
  consumption.taken();
  consumption.redisRefused('OOM command not allowed');
  expect(consumption.unreadyReason()).toBe('Redis takes no jobs: OOM command not allowed');
  passes(600, false);
  expect(consumption.stuck()).toBe(false);
});

test('an issuer that takes nothing for a minute though Redis answers is stuck', () => {
  const { consumption, passes } = running();
  consumption.redisAnswered();
  consumption.taken();
  passes(66);
  expect(consumption.stuck()).toBe(true);
  consumption.taken();
  expect(consumption.stuck()).toBe(false);
});

test('an issuer that was paused, however long, is ready and goes on', () => {
  const { consumption, passes, paused } = running();
  consumption.redisAnswered();
  consumption.taken();
  passes(3);
  paused(86_400);
  expect(consumption.stuck()).toBe(false);
  expect(consumption.unreadyReason()).toBeNull();
  passes(66);
  expect(consumption.stuck()).toBe(true);
});
