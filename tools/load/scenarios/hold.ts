import { setTimeout as pause } from 'node:timers/promises';
import { prepareLogins } from './prepare-logins.ts';
import type { Scenario } from './run.ts';
import { settleMs, WaitingRoom } from './waiting-room.ts';

/**
 * Lets many clients wait idly for a time, to measure the cost of a held wait. The servers' figures are read
 * before, at the beginning and at the end. One unit of work is one wait that lasts until then.
 */
export const hold: Scenario = async (run) => {
  const { share, activity, stopping } = run;
  const logins = await prepareLogins(run);
  await run.together('prepared');
  // A wait that ends is a failure, which is in the ledger already.
  const room = new WaitingRoom(run, { ended: () => activity.takeBack() });
  activity.openWindow();
  for (const login of logins) {
    activity.done++;
    room.enter(login);
  }
  await room.opened();
  activity.closeWindow();
  await pause(settleMs);
  await run.together('held');
  await pause(share.seconds * 1000, undefined, { signal: stopping }).catch(() => undefined);
  await run.together('idle');
  room.leaveAll();
};
