import { startLogin } from './login-steps.ts';
import { Latencies } from '../measuring/latencies.ts';
import { openLoop, ramp } from './open-loop.ts';
import { behave, pickBehaviour } from './soak-behaviours.ts';
import type { Run, Scenario } from './run.ts';
import { Waiting } from './waiting.ts';

/** Logins a second when none is asked for. */
export const defaultRate = 20;

/**
 * Mixed traffic for a long time: programs that wait, that lose their connection, that give up, that only poll, and
 * humans who deny. One unit of work is one login that has ended, in any way.
 */
export const soak: Scenario = async (run) => {
  const { share, activity, stopping } = run;
  const waiting = new Waiting(run);
  const underWay = new Set<Promise<void>>();
  const begin = (by: Run, dueMs: number) => {
    const login = oneLogin(by, waiting, dueMs).finally(() => underWay.delete(login));
    underWay.add(login);
  };
  const rate = share.rate ?? defaultRate;
  await run.together('ready');
  const unmeasured = { ...run, latencies: new Latencies() };
  await ramp(rate, share.rampSeconds, stopping, (dueMs) => begin(unmeasured, dueMs));
  activity.openWindow();
  await openLoop(rate, share.seconds, stopping, (dueMs) => begin(run, dueMs));
  await Promise.all(underWay);
  activity.closeWindow();
  await run.together('done');
};

async function oneLogin(run: Run, waiting: Waiting, dueMs: number): Promise<void> {
  const login = await startLogin(run);
  if (login === null) return;
  run.latencies.record('start', performance.now() - dueMs);
  await behave(pickBehaviour(Math.random()), { run, waiting, login });
  run.activity.done++;
}
