import { setTimeout as pause } from 'node:timers/promises';
import { doubleCheck } from './double-check.ts';
import { decide, startLogin } from './login-steps.ts';
import { Latencies } from '../measuring/latencies.ts';
import type { Login } from '../measuring/ledger.ts';
import { openLoop, ramp } from './open-loop.ts';
import { recordVainWait, recordWake } from './record-wake.ts';
import type { Run, Scenario } from './run.ts';
import { patiently, Waiting } from './waiting.ts';

/** Logins a second when none is asked for. */
export const defaultRate = 100;

/** How long a used code may wait to be presented again: less than it lives. */
const checkAfterMs = 240_000;

/**
 * Whole logins at a rate, for a time: start, wait, approve after the human's thinking time, credentials. Latencies
 * count from the time at which a login was due. One unit of work is one login. Logins of the ramp are accounted for, but not measured.
 * Used codes are presented again after the measurement, which this would disturb; in a run of more than four minutes, four minutes later.
 */
export const login: Scenario = async (run) => {
  const { share, activity, stopping } = run;
  const waiting = new Waiting(run);
  const underWay = new Set<Promise<void>>();
  const rate = share.rate ?? defaultRate;
  const toCheck: { readonly login: Login; readonly endedMs: number }[] = [];
  const checkOlderThan = async (ageMs: number) => {
    const limitMs = performance.now() - ageMs;
    const due = toCheck.findIndex(({ endedMs }) => endedMs > limitMs);
    const old = toCheck.splice(0, due === -1 ? toCheck.length : due);
    await doubleCheck(
      run,
      old.map(({ login }) => login),
    );
  };
  const checks: Promise<void>[] = [];
  const ageing = setInterval(() => checks.push(checkOlderThan(checkAfterMs)), 1_000);
  const begin = (login: Promise<Login | null>, onReceived: () => void) => {
    const whole = login
      .then((login) => {
        if (login === null) return;
        toCheck.push({ login, endedMs: performance.now() });
        if (login.receivedMs > 0) onReceived();
      })
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
  clearInterval(ageing);
  await Promise.all([...checks, checkOlderThan(0)]);
  await run.together('done');
};

/** Resolves to the login once its wait is over; to null where it could not be started. */
async function wholeLogin(run: Run, waiting: Waiting, dueMs: number): Promise<Login | null> {
  const { latencies, share } = run;
  const login = await startLogin(run);
  if (login === null) return null;
  latencies.record('start', performance.now() - dueMs);
  const waiter = waiting.enter(login);
  await pause(share.thinkMs);
  if (!(await decide(run, 'approve', login))) waiter.leave();
  const recordWhole = () =>
    latencies.record('whole login, without thinking', performance.now() - dueMs - share.thinkMs);
  const answer = await patiently(waiter, () => {
    recordVainWait(run, login);
    recordWhole();
  });
  recordWake(run, login, answer);
  if (login.receivedMs > 0) recordWhole();
  return login;
}
