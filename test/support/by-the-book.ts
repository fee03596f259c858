import { setTimeout as pause } from 'node:timers/promises';
import type { DeviceCodeResponse } from '@ravi/contract';
import { isLostConnection, type TokenAnswer, wait } from './program.ts';

/** How long a request is held that names no time. */
const heldMs = 25_000;

/** No test lasts longer. */
const patienceMs = 120_000;

/** A login as a program by the README goes through it. */
export interface BookLogin {
  readonly answer: TokenAnswer;
  /** Each answer before it: `authorization_pending`, a status, or `lost connection`; and its Retry-After if it had one. */
  readonly seen: readonly string[];
}

/**
 * Waits for a login exactly as the README tells programs to: repeats the request after `authorization_pending`, 429, any 5xx or a lost
 * connection, and after an answer that came early keeps `Retry-After`, else `interval`. Every other answer is final.
 */
export async function waitByTheBook(apiUrl: string, login: DeviceCodeResponse): Promise<BookLogin> {
  const seen: string[] = [];
  const endMs = Date.now() + patienceMs;
  while (Date.now() < endMs) {
    const askedAtMs = Date.now();
    const answer = await wait(apiUrl, login.device_code).catch((error: unknown) => {
      if (isLostConnection(error)) return null;
      throw error;
    });
    const retryAfter = answer?.headers.get('retry-after') ?? null;
    const isPending = answer?.body.error === 'authorization_pending';
    if (answer !== null && !isPending && answer.status !== 429 && answer.status < 500)
      return { answer, seen };
    const what = answer === null ? 'lost connection' : isPending ? 'authorization_pending' : answer.status;
    seen.push(retryAfter === null ? String(what) : `${what}, Retry-After: ${retryAfter}`);
    if (Date.now() - askedAtMs < heldMs) await pause(Number(retryAfter ?? login.interval) * 1_000);
  }
  throw new Error(`The program never got a final answer: ${seen.join('; ')}`);
}
