import { closedLoop } from './closed-loop.ts';
import { startLogin } from './login-steps.ts';
import { openLoop } from './open-loop.ts';
import type { Scenario } from './run.ts';

/** Starts logins: as fast as the connections allow, or at a rate. One unit of work is one pair of codes. */
export const start: Scenario = async (run) => {
  const { share, latencies, activity, stopping } = run;
  const startFrom = async (dueMs: number) => {
    if ((await startLogin(run)) === null) return;
    latencies.record('start', performance.now() - dueMs);
    activity.done++;
  };
  await run.together('ready');
  activity.openWindow();
  if (share.rate === null) {
    const endMs = performance.now() + share.seconds * 1000;
    await closedLoop(share.connections, endMs, stopping, () => startFrom(performance.now()));
  } else {
    const underWay: Promise<void>[] = [];
    await openLoop(share.rate, share.seconds, stopping, (dueMs) => underWay.push(startFrom(dueMs)));
    await Promise.all(underWay);
  }
  activity.closeWindow();
  await run.together('started');
};
