import { startLogin } from './login-steps.ts';
import { Latencies } from '../measuring/latencies.ts';
import type { Login } from '../measuring/ledger.ts';
import { openLoop, ramp } from './open-loop.ts';
import { behave, pickBehaviour } from './soak-behaviours.ts';
import type { Run, Scenario } from './run.ts';
import { Waiting } from './waiting.ts';

/** Logins a second when none is asked for. */
export const defaultRate = 20;

/**
 * Mixed traffic for a long time: programs that wait, that lose their connection, that give up, that only poll, and
 * humans who deny. One unit of work is one login that has ended, in any way but a failure. Logins of the ramp are accounted for, but not
 * measured.
 */
export const soak: Scenario = async (run) => {
  const { share, activity, stopping } = run;
  const waiting = new Waiting(run);
  const underWay = new Set<Promise<void>>();
  const begin = (by: Run, dueMs: number, onEnded: () => void) => {
    const whole = oneLogin(by, waiting, dueMs)
      .then((login) => {
        if (login?.failed === false) onEnded();
      })
      .finally(() => underWay.delete(whole));
    underWay.add(whole);
  };
  const rate = share.rate ?? defaultRate;
  await run.together('ready');
  const unmeasured = { ...run, latencies: new Latencies() };
  await ramp(rate, share.rampSeconds, stopping, (dueMs) => begin(unmeasured, dueMs, () => undefined));
  activity.openWindow();
  await openLoop(rate, share.seconds, stopping, (dueMs) => begin(run, dueMs, () => activity.done++));
  await Promise.all(underWay);
  activity.closeWindow();
  await run.together('done');
};

/** Resolves to the login once it has ended; to null where it could not be started. */
async function oneLogin(run: Run, waiting: Waiting, dueMs: number): Promise<Login | null> {
  const login = await startLogin(run);
  if (login === null) return null;
  run.latencies.record('start', performance.now() - dueMs);
  await behave(pickBehaviour(Math.random()), { run, waiting, login });
  return login;
}
