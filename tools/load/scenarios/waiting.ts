import { setTimeout as pause } from 'node:timers/promises';
import type { Answer } from '../client/answer.ts';
import type { Login } from '../measuring/ledger.ts';
import type { Run } from './run.ts';
import { WaitingRoom } from './waiting-room.ts';

/** One login that waits. */
export interface Waiter {
  /** The final answer; null if there was none: given up, left, or a failure that is in the ledger. */
  readonly ended: Promise<Answer | null>;
  /** The client disconnects and does not come back. */
  leave(): void;
}

/** A waiting room for logins that are handled one by one. */
export class Waiting {
  readonly #room: WaitingRoom;
  readonly #endings = new Map<Login, (answer: Answer | null) => void>();

  constructor(run: Run) {
    this.#room = new WaitingRoom(run, { ended: (login, answer) => this.#end(login, answer) });
  }

  enter(login: Login): Waiter {
    const ending = Promise.withResolvers<Answer | null>();
    this.#endings.set(login, ending.resolve);
    const index = this.#room.enter(login);
    return {
      ended: ending.promise,
      leave: () => {
        this.#room.leave(index);
        this.#end(login, null);
      },
    };
  }

  #end(login: Login, answer: Answer | null): void {
    this.#endings.get(login)?.(answer);
    this.#endings.delete(login);
  }
}

/** Time limit for the answer to an approved or denied login. */
const patienceMs = 30_000;

/** The waiter's final answer; null, and it leaves after `onLate`, if that does not come in time. */
export async function patiently(
  waiter: Waiter,
  onLate: () => void = () => undefined,
  limitMs = patienceMs,
): Promise<Answer | null> {
  const timer = new AbortController();
  const late = pause(limitMs, undefined, { signal: timer.signal }).then(
    () => {
      onLate();
      waiter.leave();
    },
    () => undefined,
  );
  const answer = await waiter.ended;
  timer.abort();
  await late;
  return answer;
}
