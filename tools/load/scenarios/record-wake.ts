import type { Answer } from '../client/answer.ts';
import type { Login } from '../measuring/ledger.ts';
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
