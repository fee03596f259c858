import { setTimeout as pause } from 'node:timers/promises';
import { checkLogin } from './double-check.ts';
import { decide, startLogin } from './login-steps.ts';
import { Latencies } from '../measuring/latencies.ts';
import { openLoop, ramp } from './open-loop.ts';
import { recordWake } from './record-wake.ts';
import type { Run, Scenario } from './run.ts';
import { patiently, Waiting } from './waiting.ts';

/** Logins a second when none is asked for. */
export const defaultRate = 100;

/**
 * Whole logins at a rate, for a time: start, wait, approve after the human's thinking time, credentials. Latencies
 * count from the time at which a login was due. One unit of work is one login. Logins of the ramp are accounted for, but not measured.
 */
export const login: Scenario = async (run) => {
  const { share, activity, stopping } = run;
  const waiting = new Waiting(run);
  const underWay = new Set<Promise<void>>();
  const rate = share.rate ?? defaultRate;
  const begin = (login: Promise<boolean>, onDone: () => void) => {
    const whole = login
      .then((received) => (received ? onDone() : undefined))
      .finally(() => underWay.delete(whole));
    underWay.add(whole);
  };
  await run.together('ready');
  const unmeasured = { ...run, latencies: new Latencies() };
  await ramp(rate, share.rampSeconds, stopping, (dueMs) =>
    begin(wholeLogin(unmeasured, waiting, dueMs), () => undefined),
  );
  activity.openWindow();
  await openLoop(rate, share.seconds, stopping, (dueMs) =>
    begin(wholeLogin(run, waiting, dueMs), () => activity.done++),
  );
  await Promise.all(underWay);
  activity.closeWindow();
  await run.together('done');
};

/** Resolves to whether its credentials came. */
async function wholeLogin(run: Run, waiting: Waiting, dueMs: number): Promise<boolean> {
  const { latencies, share } = run;
  const login = await startLogin(run);
  if (login === null) return false;
  latencies.record('start', performance.now() - dueMs);
  const waiter = waiting.enter(login);
  await pause(share.thinkMs);
  if (!(await decide(run, 'approve', login))) waiter.leave();
  const answer = await patiently(waiter);
  recordWake(run, login, answer);
  const received = login.receivedMs > 0;
  if (received) latencies.record('whole login, without thinking', performance.now() - dueMs - share.thinkMs);
  await checkLogin(run, login);
  return received;
}
