import { Watchdog } from './watchdog.ts';

const probeEveryMs = 3_000;

function running() {
  const clock = { ms: 1_000, nowMs: () => clock.ms };
  const watchdog = new Watchdog(clock);
  return {
    watchdog,
    /** Time passes, in which a probe is added every three seconds. */
    passes: (seconds: number, isRedisThere = true) => {
      for (let left = seconds * 1000; left > 0; left -= probeEveryMs) {
        clock.ms += probeEveryMs;
        if (isRedisThere) watchdog.redisAnswered();
        else watchdog.redisRefused('away');
      }
    },
    /** The process does not run for a time. */
    paused: (seconds: number) => {
      clock.ms += seconds * 1000;
      watchdog.redisAnswered();
    },
  };
}

test('an issuer is ready once it took a job, and no longer when none came for a while', () => {
  const { watchdog, passes } = running();
  watchdog.redisAnswered();
  expect(watchdog.unreadyReason()).toMatch(/No job/);
  watchdog.taken();
  expect(watchdog.unreadyReason()).toBeNull();
  passes(12);
  expect(watchdog.unreadyReason()).toBeNull();
  passes(3);
  expect(watchdog.unreadyReason()).toMatch(/No job/);
});

test('whoever waits for the first job learns of it, and of nothing before', async () => {
  const { watchdog } = running();
  const learnt: string[] = [];
  void watchdog.firstTaken.then(() => learnt.push('first job'));
  watchdog.redisAnswered();
  await new Promise(setImmediate);
  expect(learnt).toEqual([]);
  watchdog.taken();
  await watchdog.firstTaken;
  expect(learnt).toEqual(['first job']);
});

test('an issuer whose Redis is away is not ready, and not to be restarted for that', () => {
  const { watchdog, passes } = running();
  watchdog.redisAnswered();
  watchdog.taken();
  watchdog.redisRefused('OOM command not allowed');
  expect(watchdog.unreadyReason()).toBe('Redis takes no jobs: OOM command not allowed');
  passes(600, false);
  expect(watchdog.stuck()).toBe(false);
});

test('only time in which Redis has answered ever since counts', () => {
  const { watchdog, passes } = running();
  watchdog.redisAnswered();
  watchdog.taken();
  passes(60);
  passes(3, false);
  // The first of these says that Redis is there again.
  passes(15);
  expect([watchdog.unreadyReason(), watchdog.stuck()]).toEqual([null, false]);
  passes(3);
  expect(watchdog.unreadyReason()).toMatch(/No job/);
});

test('an issuer that takes nothing for a minute though Redis answers is stuck', () => {
  const { watchdog, passes } = running();
  watchdog.redisAnswered();
  watchdog.taken();
  passes(60);
  expect(watchdog.stuck()).toBe(false);
  passes(3);
  expect(watchdog.stuck()).toBe(true);
  watchdog.taken();
  expect(watchdog.stuck()).toBe(false);
});

test('an issuer that was paused, however long, is ready and goes on', () => {
  const { watchdog, passes, paused } = running();
  watchdog.redisAnswered();
  watchdog.taken();
  passes(3);
  paused(86_400);
  expect(watchdog.stuck()).toBe(false);
  expect(watchdog.unreadyReason()).toBeNull();
  passes(66);
  expect(watchdog.stuck()).toBe(true);
});
