import { Consumption } from './consumption.ts';

function at(startMs = 1_000_000) {
  const clock = { ms: startMs, nowMs: () => clock.ms };
  return { clock, consumption: new Consumption(clock) };
}

test('an issuer is ready once it took a job, and no longer when none came for a while', () => {
  const { clock, consumption } = at();
  consumption.redisAnswered();
  expect(consumption.unreadyReason()).toMatch(/No job/);
  consumption.taken();
  expect(consumption.unreadyReason()).toBeNull();
  clock.ms += 16_000;
  expect(consumption.unreadyReason()).toMatch(/No job/);
});

test('whoever waits for the first job learns of it', async () => {
  const { consumption } = at();
  consumption.taken();
  await expect(consumption.firstTaken).resolves.toBeUndefined();
});

test('an issuer whose Redis is away is not ready, and not to be restarted for that', () => {
  const { clock, consumption } = at();
  consumption.redisAnswered();
  consumption.taken();
  consumption.redisRefused('OOM command not allowed');
  expect(consumption.unreadyReason()).toBe('Redis takes no jobs: OOM command not allowed');
  clock.ms += 600_000;
  expect(consumption.stuck()).toBe(false);
});

test('an issuer that takes nothing for a minute though Redis answers is stuck', () => {
  const { clock, consumption } = at();
  consumption.redisAnswered();
  consumption.taken();
  clock.ms += 61_000;
  expect(consumption.stuck()).toBe(true);
  consumption.taken();
  expect(consumption.stuck()).toBe(false);
});
