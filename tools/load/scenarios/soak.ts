import { startLogin } from './login-steps.ts';
import { openLoop } from './open-loop.ts';
import { behave, pickBehaviour } from './soak-behaviours.ts';
import type { Scenario } from './run.ts';
import { Waiting } from './waiting.ts';

/** Logins a second when none is asked for. */
export const defaultRate = 20;

/**
 * Mixed traffic for a long time: programs that wait, that lose their connection, that give up, that only poll, and
 * humans who deny. One unit of work is one login that has ended, in any way.
 */
export const soak: Scenario = async (run) => {
  const { share, activity, stopping, latencies } = run;
  const waiting = new Waiting(run);
  const underWay = new Set<Promise<void>>();
  const one = async (dueMs: number): Promise<void> => {
    const login = await startLogin(run);
    if (login === null) return;
    latencies.record('start', performance.now() - dueMs);
    await behave(pickBehaviour(Math.random()), { run, waiting, login });
    activity.done++;
  };
  await run.together('ready');
  activity.openWindow();
  await openLoop(share.rate ?? defaultRate, share.seconds, stopping, (dueMs) => {
    const login = one(dueMs).finally(() => underWay.delete(login));
    underWay.add(login);
  });
  await Promise.all(underWay);
  activity.closeWindow();
  await run.together('done');
};
