import { setTimeout as pause } from 'node:timers/promises';
import type { Login } from '../measuring/ledger.ts';
import { nowMs } from '../measuring/now.ts';
import { closedLoop } from './closed-loop.ts';
import { doubleCheck } from './double-check.ts';
import { decide } from './login-steps.ts';
import { openLoop } from './open-loop.ts';
import { prepareLogins } from './prepare-logins.ts';
import { recordVainWait, recordWake } from './record-wake.ts';
import type { Run, Scenario } from './run.ts';
import { settleMs, WaitingRoom } from './waiting-room.ts';

/** Maximum time without an answer after the last approval, and after the run was stopped. */
const patienceMs = 30_000;
const stoppedPatienceMs = 2_000;
const stillLookMs = 100;

/**
 * Lets many clients wait and approves them all: as fast as the connections allow, or at a rate. One unit of work is
 * one login whose credentials arrived. Afterwards every code is presented again: none may be lost or doubled.
 */
export const fanout: Scenario = async (run) => {
  const { activity, stopping } = run;
  const logins = await prepareLogins(run);
  await run.together('prepared');
  /** The programs that still wait, and where. */
  const places = new Map<Login, number>();
  const allEnded = Promise.withResolvers<void>();
  const room = new WaitingRoom(run, {
    ended(login, answer) {
      if (login.receivedMs > 0) activity.done++;
      recordWake(run, login, answer);
      places.delete(login);
      if (places.size === 0) allEnded.resolve();
    },
  });
  if (logins.length === 0) allEnded.resolve();
  for (const login of logins) places.set(login, room.enter(login));
  await room.opened();
  await pause(settleMs);
  await run.together('held');
  activity.openWindow();
  await approveAll(run, logins);
  for (const [login, place] of places) {
    // Logins that were not approved would wait in vain.
    if (login.approvedMs > 0 || login.receivedMs > 0) continue;
    room.leave(place);
    places.delete(login);
  }
  if (places.size === 0) allEnded.resolve();
  await overOrStill(allEnded.promise, places, () => (stopping.aborted ? stoppedPatienceMs : patienceMs));
  activity.closeWindow();
  await run.together('woken');
  // In a stopped run, answers are still on their way: whether they arrive no longer depends on the server.
  for (const login of places.keys()) {
    if (stopping.aborted) login.tornOff = true;
    else recordVainWait(run, login);
  }
  room.leaveAll();
  await doubleCheck(run, logins);
  await run.together('checked');
};

/** Resolves when all waits are over, or no wait has ended for this long. */
async function overOrStill(
  over: Promise<void>,
  waiting: { readonly size: number },
  patience: () => number,
): Promise<void> {
  const ended = over.then(() => true);
  let [left, sinceMs] = [waiting.size, nowMs()];
  while (!(await Promise.race([ended, pause(stillLookMs, false, { ref: false })]))) {
    if (waiting.size !== left) [left, sinceMs] = [waiting.size, nowMs()];
    else if (nowMs() - sinceMs >= patience()) return;
  }
}

async function approveAll(run: Run, logins: readonly Login[]): Promise<void> {
  const { share, stopping } = run;
  let turn = 0;
  const approveNext = () => {
    const login = logins[turn++];
    return login ? approve(run, login) : null;
  };
  if (share.rate === null) {
    await closedLoop(share.connections, Number.POSITIVE_INFINITY, stopping, approveNext);
  } else {
    const underWay: Promise<void>[] = [];
    await openLoop(share.rate, logins.length / share.rate, stopping, () => {
      const approval = approveNext();
      if (approval) underWay.push(approval);
    });
    await Promise.all(underWay);
  }
}

async function approve(run: Run, login: Login): Promise<void> {
  const sentMs = nowMs();
  if (await decide(run, 'approve', login)) run.latencies.record('approve call', nowMs() - sentMs);
}
