import { closedLoop } from './closed-loop.ts';
import { poll as pollOnce } from './login-steps.ts';
import { openLoop } from './open-loop.ts';
import { prepareLogins } from './prepare-logins.ts';
import type { Scenario } from './run.ts';

/** Polls pending logins in turn, like clients without long polls. One unit of work is one poll. */
export const poll: Scenario = async (run) => {
  const { share, ledger, latencies, activity, stopping } = run;
  const logins = await prepareLogins(run);
  let turn = 0;
  const pollNext = async (dueMs: number) => {
    const login = logins[turn++ % logins.length];
    if (!login) return;
    const outcome = await pollOnce(run, login);
    if (outcome === 'failed') return;
    if (outcome === 'slow_down') ledger.count('slowedDown');
    else if (outcome !== 'pending') ledger.fault('failed', login, `poll of a pending login: ${outcome}`);
    ledger.count('polled');
    latencies.record('poll', performance.now() - dueMs);
    activity.done++;
  };
  await run.together('prepared');
  activity.openWindow();
  if (share.rate === null) {
    const endMs = performance.now() + share.seconds * 1000;
    await closedLoop(share.connections, endMs, stopping, () =>
      logins.length === 0 ? null : pollNext(performance.now()),
    );
  } else {
    const underWay: Promise<void>[] = [];
    await openLoop(share.rate, share.seconds, stopping, (dueMs) => underWay.push(pollNext(dueMs)));
    await Promise.all(underWay);
  }
  activity.closeWindow();
  await run.together('polled');
};
