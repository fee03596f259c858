import { setTimeout as pause } from 'node:timers/promises';
import type { Login } from '../measuring/ledger.ts';
import { checkLogin } from './double-check.ts';
import { decide, outcomeOf, poll } from './login-steps.ts';
import { recordVainWait, recordWake } from './record-wake.ts';
import type { Run } from './run.ts';
import { patiently, type Waiting } from './waiting.ts';

/** A behaviour of a program and its human, with its share in percent. */
const shares = { patient: 60, disconnects: 15, tearsOff: 10, denied: 5, abandons: 5, polls: 5 } as const;

export type Behaviour = keyof typeof shares;

/** `random` is from 0 up to 1. */
export function pickBehaviour(random: number): Behaviour {
  let rest = random * 100;
  for (const [behaviour, share] of Object.entries(shares) as [Behaviour, number][]) {
    if (rest < share) return behaviour;
    rest -= share;
  }
  return 'patient';
}

interface Scene {
  readonly run: Run;
  readonly waiting: Pick<Waiting, 'enter'>;
  readonly login: Login;
}

/** Runs a started login to its end. */
export async function behave(behaviour: Behaviour, scene: Scene): Promise<void> {
  switch (behaviour) {
    case 'patient':
      return waitsPatiently(scene, 'approve');
    case 'denied':
      return waitsPatiently(scene, 'deny');
    case 'disconnects':
      await leavesOnce(scene);
      return waitsPatiently(scene, 'approve');
    case 'abandons':
      scene.run.ledger.count('abandoned');
      return leavesOnce(scene);
    case 'tearsOff':
      return tearsOff(scene);
    case 'polls':
      return polls(scene);
  }
}

/** Up to two seconds: people take longer, but only the order of events matters here. */
const aMoment = () => pause(Math.random() * 2_000);

async function waitsPatiently({ run, waiting, login }: Scene, decision: 'approve' | 'deny'): Promise<void> {
  const waiter = waiting.enter(login);
  await aMoment();
  if (!(await decide(run, decision, login))) waiter.leave();
  recordWake(run, login, await patiently(waiter, () => recordVainWait(run, login)));
  await checkLogin(run, login);
}

async function leavesOnce({ run, waiting, login }: Scene): Promise<void> {
  const waiter = waiting.enter(login);
  await aMoment();
  waiter.leave();
  run.ledger.count('disconnected');
}

/** The connection is lost while the credentials are on their way: they may arrive, or wait for the next request. */
async function tearsOff({ run, waiting, login }: Scene): Promise<void> {
  const waiter = waiting.enter(login);
  await aMoment();
  const approval = decide(run, 'approve', login);
  await pause(Math.random() * 6);
  waiter.leave();
  run.ledger.count('disconnected');
  if (!(await approval) || login.receivedMs > 0) return checkLogin(run, login);
  return comesBack({ run, waiting, login });
}

/** It asks again. The wait itself tells of a code that is used by then; whatever else comes of it is looked at, as for all others. */
export async function comesBack({ run, waiting, login }: Scene): Promise<void> {
  login.tornOff = true;
  const answer = await patiently(waiting.enter(login));
  if (answer === null || outcomeOf(answer) !== 'unknown') await checkLogin(run, login);
}

/** A client without long polls: asks every five seconds, as RFC 8628 §3.2 says. */
async function polls({ run, login }: Scene): Promise<void> {
  const approval = aMoment().then(() => decide(run, 'approve', login));
  const endMs = performance.now() + 60_000;
  while (performance.now() < endMs && !run.stopping.aborted) {
    const outcome = await poll(run, login);
    run.ledger.count('polled');
    if (outcome === 'credentials') {
      run.ledger.receive(login);
      break;
    }
    if (outcome === 'slow_down') run.ledger.count('slowedDown');
    await pause(5_000);
  }
  await approval;
  await checkLogin(run, login);
}
