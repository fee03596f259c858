import { setTimeout as pause } from 'node:timers/promises';
import type { Login } from '../measuring/ledger.ts';
import { closedLoop } from './closed-loop.ts';
import { poll, type PollOutcome } from './login-steps.ts';
import type { Run } from './run.ts';

/** How long to repeat the request of an approved login without credentials before it counts as lost. */
const patienceMs = 15_000;
const betweenPollsMs = 500;

/**
 * Presents every device_code again. One that gave credentials must be invalid now, else it is doubled. One that was
 * approved and gave none must give them now, as to a client that returns; else it is lost.
 */
export async function doubleCheck(run: Run, logins: readonly Login[]): Promise<void> {
  let turn = 0;
  // A stopped run must account for its approved logins too.
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
