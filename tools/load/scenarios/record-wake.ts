import type { Answer } from '../client/answer.ts';
import type { Login } from '../measuring/ledger.ts';
import { nowMs } from '../measuring/now.ts';
import type { Run } from './run.ts';

/**
 * Records how soon credentials followed their approval: from the approver's request to the program's answer, as
 * both clients saw it, and from the approval in Redis to the answer, as the server says in `Server-Timing`.
 */
export function recordWake({ latencies }: Run, login: Login, answer: Answer | null): void {
  if (login.receivedMs === 0 || login.approveSentMs === 0) return;
  latencies.record('approval sent to answer', login.receivedMs - login.approveSentMs);
  const onServerMs = /\r\nserver-timing: *login;[^\r]*dur=([\d.]+)/i.exec(answer?.head ?? '')?.[1];
  if (onServerMs !== undefined) latencies.record('approved to answer, server', Number(onServerMs));
}

/**
 * Records an approved login whose program gave up waiting for its answer, with the time that it waited: without the slowest, the others
 * would look quick.
 */
export function recordVainWait({ latencies }: Run, login: Login): void {
  if (login.approvedMs > 0 && login.receivedMs === 0)
    latencies.record('approval sent to answer', nowMs() - login.approveSentMs);
}
