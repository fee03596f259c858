import { setTimeout as pause } from 'node:timers/promises';
import { checkLogin } from './double-check.ts';
import { decide, startLogin } from './login-steps.ts';
import { openLoop } from './open-loop.ts';
import { recordWake } from './record-wake.ts';
import type { Run, Scenario } from './run.ts';
import { patiently, Waiting } from './waiting.ts';

/** Logins a second when none is asked for. */
export const defaultRate = 100;

/**
 * Whole logins at a rate, for a time: start, wait, approve after the human's thinking time, credentials. Latencies
 * count from the time at which a login was due. One unit of work is one login.
 */
export const login: Scenario = async (run) => {
  const { share, activity, stopping } = run;
  const waiting = new Waiting(run);
  const underWay = new Set<Promise<void>>();
  await run.together('ready');
  activity.openWindow();
  await openLoop(share.rate ?? defaultRate, share.seconds, stopping, (dueMs) => {
    const whole = wholeLogin(run, waiting, dueMs).finally(() => underWay.delete(whole));
    underWay.add(whole);
  });
  await Promise.all(underWay);
  activity.closeWindow();
  await run.together('done');
};

async function wholeLogin(run: Run, waiting: Waiting, dueMs: number): Promise<void> {
  const { latencies, activity, share } = run;
  const login = await startLogin(run);
  if (login === null) return;
  latencies.record('start', performance.now() - dueMs);
  const waiter = waiting.enter(login);
  await pause(share.thinkMs);
  if (!(await decide(run, 'approve', login))) waiter.leave();
  const answer = await patiently(waiter);
  recordWake(run, login, answer);
  if (login.receivedMs > 0) {
    latencies.record('whole login, without thinking', performance.now() - dueMs - share.thinkMs);
    activity.done++;
  }
  await checkLogin(run, login);
}
