import { setTimeout as pause } from 'node:timers/promises';
import type { Login } from '../measuring/ledger.ts';
import { closedLoop } from './closed-loop.ts';
import { poll, type PollOutcome } from './login-steps.ts';
import type { Run } from './run.ts';

/** How long an approved login that brought nothing is still asked for before it counts as lost. */
const patienceMs = 15_000;
const betweenPollsMs = 500;

/**
 * Asks once more with every device_code. One that brought credentials must be worthless now, else it is doubled. One
 * that was approved and brought nothing must bring them now, as to a client that comes back; else it is lost.
 */
export async function doubleCheck(run: Run, logins: readonly Login[]): Promise<void> {
  let turn = 0;
  // A stopped run too owes its approved logins an account.
  const never = new AbortController().signal;
  await closedLoop(run.share.connections, Number.POSITIVE_INFINITY, never, () => {
    const login = logins[turn++];
    return login ? checkLogin(run, login) : null;
  });
}

/** Checks one login whose wait is over. */
export async function checkLogin(run: Run, login: Login): Promise<void> {
  const received = login.receivedMs > 0;
  if (!received && login.approvedMs === 0) return;
  const outcome = await pollUntilSettled(run, login);
  if (outcome === 'credentials') {
    run.ledger.receive(login);
    if (!received) run.ledger.count('collectedLate');
  } else if (!received && login.tornOff && outcome === 'unknown') {
    run.ledger.count('tornOff');
  } else if (!received) {
    run.ledger.fault('lost', login, `approved, but asking again brought ${outcome}`);
  } else if (outcome !== 'unknown') {
    run.ledger.fault('failed', login, `a used code is answered ${outcome}`);
  }
}

/** The answer once it is final. "Pending" is not: the server may still be noting that the last answer was written. */
async function pollUntilSettled(run: Run, login: Login): Promise<PollOutcome> {
  const endMs = performance.now() + patienceMs;
  for (;;) {
    const outcome = await poll(run, login);
    const settled =
      outcome === 'credentials' || outcome === 'denied' || outcome === 'expired' || outcome === 'unknown';
    if (settled || performance.now() > endMs) return outcome;
    await pause(betweenPollsMs);
  }
}
