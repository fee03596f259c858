import { setTimeout as pause } from 'node:timers/promises';
import { types } from 'node:util';
import type { Answer } from '../client/answer.ts';
import type { ClientRequest } from '../client/request.ts';
import { type Login } from '../measuring/ledger.ts';
import { nowMs } from '../measuring/now.ts';
import { printable } from '../printable.ts';
import type { Run } from './run.ts';

/** Starts a login; null, and a fault in the ledger, if that fails. */
export async function startLogin(run: Run): Promise<Login | null> {
  const answer = await request(run, null, 'start', run.calls.start());
  if (answer === null) return null;
  if (answer.status !== 200) {
    run.ledger.fault('failed', null, `start: ${described(answer)}`);
    return null;
  }
  const codes = codesOf(answer.body);
  if (codes === null) {
    run.ledger.fault('failed', null, `start: no codes in ${described(answer)}`);
    return null;
  }
  run.ledger.count('started');
  return {
    ...codes,
    approveSentMs: 0,
    approvedMs: 0,
    receivedMs: 0,
    token: '',
    denied: false,
    tornOff: false,
    failed: false,
  };
}

/** The codes of a started login; null where there are none. */
function codesOf(body: string): Pick<Login, 'deviceCode' | 'userCode' | 'verification'> | null {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return null;
  }
  const given = value as Readonly<Record<string, unknown>> | null;
  const { device_code: deviceCode, user_code: userCode, verification = '' } = given ?? {};
  // They go into requests unchanged: nothing in them may end a field or a string.
  const plain = /^[\w-]{1,512}$/;
  if (typeof deviceCode !== 'string' || typeof userCode !== 'string') return null;
  if (typeof verification !== 'string' || !/^(\d\d)?$/.test(verification)) return null;
  return plain.test(deviceCode) && plain.test(userCode) ? { deviceCode, userCode, verification } : null;
}

/** Approves or denies; false, and a fault in the ledger, if that fails. */
export async function decide(run: Run, decision: 'approve' | 'deny', login: Login): Promise<boolean> {
  const session = run.sessions[run.ledger.decided() % run.sessions.length];
  if (!session) return false;
  if (decision === 'approve') login.approveSentMs = nowMs();
  else login.denied = true;
  const number = decision === 'approve' ? login.verification : '';
  const call = run.calls.decide(decision, login.userCode, session, number);
  const answer = await request(run, login, decision, call);
  if (answer === null) return false;
  if (answer.status !== 200) {
    run.ledger.fault('failed', login, `${decision}: ${described(answer)}`);
    return false;
  }
  if (decision === 'approve') {
    login.approvedMs = nowMs();
    run.ledger.count('approved');
  } else {
    run.ledger.count('denied');
  }
  return true;
}

/** The answer to a device_code. */
export type PollOutcome =
  | 'credentials'
  | 'pending'
  | 'slow_down'
  | 'denied'
  | 'expired'
  | 'unknown'
  | 'failed';

/** Asks once, without waiting. Notes a failure, nothing else. */
export async function poll(run: Run, login: Login): Promise<PollOutcome> {
  const answer = await request(run, login, 'poll', run.calls.poll(login.deviceCode));
  if (answer === null) return 'failed';
  const outcome = outcomeOf(answer);
  if (outcome === 'failed') run.ledger.fault('failed', login, `poll: ${described(answer)}`);
  if (outcome === 'credentials') run.ledger.noteToken(login, accessTokenOf(answer));
  return outcome;
}

const accessTokenIn = /"access(?:_token)?": ?"([^"]+)"/;

const outcomes: Readonly<Record<string, PollOutcome>> = {
  authorization_pending: 'pending',
  slow_down: 'slow_down',
  access_denied: 'denied',
  expired_token: 'expired',
  invalid_grant: 'unknown',
};

/** Interprets an answer of the token call. */
export function outcomeOf({ status, body }: Answer): PollOutcome {
  if (status === 200) return accessTokenIn.test(body) ? 'credentials' : 'failed';
  const error = status === 400 ? /"error": ?"(\w+)"/.exec(body)?.[1] : undefined;
  return outcomes[error ?? ''] ?? 'failed';
}

export function accessTokenOf({ body }: Answer): string {
  return accessTokenIn.exec(body)?.[1] ?? '';
}

/** Status and body, short enough for a list of faults, and safe for a terminal. */
export function described({ status, body }: Answer): string {
  return printable(`${status} ${body.slice(0, 120)}`);
}

/** Attempts of a request that gets 503, or no connection. */
const unavailableTries = 10;

/** Sends a request, and again after a 503 or a refused connection, as clients, people and balancers do. */
async function request(
  run: Run,
  login: Login | null,
  step: string,
  toSend: ClientRequest,
): Promise<Answer | null> {
  try {
    for (let left = unavailableTries; ; left--) {
      const answer = await requestOnce(run, toSend, left);
      if (answer !== null && (answer.status !== 503 || left === 0 || run.stopping.aborted)) return answer;
      run.ledger.count('unavailable');
      await pause(1_000 * (answer === null ? 1 : retryAfterSeconds(answer)));
    }
  } catch (error) {
    run.ledger.fault(
      'failed',
      login,
      `${step}: ${error instanceof Error ? error.message : 'unknown reason'}`,
    );
    return null;
  }
}

/** The answer; null when a target that answered before refuses the connection: nothing was sent, so it can be repeated. */
async function requestOnce(run: Run, toSend: ClientRequest, left: number): Promise<Answer | null> {
  try {
    return await run.pool.request(toSend);
  } catch (error) {
    const refused = types.isNativeError(error) && 'code' in error && error.code === 'ECONNREFUSED';
    if (!refused || left === 0 || run.stopping.aborted || !run.ledger.hasStarted()) throw error;
    return null;
  }
}

/** The delay of `Retry-After`, at most ten seconds. (RFC 9110 §10.2.3) */
export function retryAfterSeconds({ head }: Answer): number {
  return Math.min(10, Number(/\r\nretry-after: *(\d+)/i.exec(head)?.[1] ?? 1));
}
