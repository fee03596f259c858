import type { Answer } from '../client/answer.ts';
import { HeldWait, type HeldWaitListener } from '../client/held-wait.ts';
import { VaryingFields } from '../client/varying-fields.ts';
import type { Login } from '../measuring/ledger.ts';
import { accessTokenOf, described, outcomeOf, retryAfterSeconds } from './login-steps.ts';
import type { Run } from './run.ts';

/** Receives the outcomes of the waiting room. */
export interface WaitingRoomListener {
  /**
   * The wait of this login is over: credentials, a denial, an expiry, or a failure that is in the ledger. `answer` is
   * null when it was opened again too often.
   */
  ended(login: Login, answer: Answer | null): void;
}

/** Sockets that are opened concurrently: more would overflow the server's backlog. */
const openingAtATime = 256;

/** Milliseconds after the last request was written until the server has surely read and held all. */
export const settleMs = 1_000;

/** How often a wait is opened again after its connection was lost or its server unavailable; real programs do not give up. */
const maxLosses = 60;

/** A wait that broke off: as what it is counted, and the pause before it is opened again. */
interface Loss {
  readonly count: 'unavailable' | 'disconnected';
  readonly why: string;
  readonly pauseMs: number;
}

/**
 * Clients that wait for their logins, each on its own socket. Asks again when the server says "still pending"
 * (its longest wait is over) or the connection is lost, as a patient program does.
 */
export class WaitingRoom implements HeldWaitListener {
  readonly #run: Run;
  readonly #listener: WaitingRoomListener;
  readonly #logins: (Login | undefined)[] = [];
  readonly #waits: (HeldWait | undefined)[] = [];
  readonly #lossesOf = new Map<number, number>();
  readonly #toOpen: number[] = [];
  readonly #seconds: number | undefined;
  readonly #varying = new VaryingFields();
  #opening = 0;
  #onOpened: (() => void) | null = null;

  /** `seconds`: request shorter waits than the server's maximum. */
  constructor(run: Run, listener: WaitingRoomListener, seconds?: number) {
    this.#run = run;
    this.#listener = listener;
    this.#seconds = seconds;
  }

  /** Lets a login wait. Returns its number, for `leave`. */
  enter(login: Login): number {
    const index = this.#logins.push(login) - 1;
    this.#toOpen.push(index);
    this.#openMore();
    return index;
  }

  /** Resolves when the requests of all waits so far are sent. */
  async opened(): Promise<void> {
    if (this.#opening === 0 && this.#toOpen.length === 0) return;
    await new Promise<void>((resolve) => (this.#onOpened = resolve));
  }

  /** The client disconnects without an answer. */
  leave(index: number): void {
    const wait = this.#waits[index];
    wait?.drop();
    if (wait) this.#over(wait);
    this.#logins[index] = undefined;
  }

  leaveAll(): void {
    for (const index of this.#logins.keys()) this.leave(index);
  }

  asked(): void {
    this.#run.activity.waiting++;
    this.#opening--;
    this.#openMore();
  }

  answered(wait: HeldWait, answer: Answer): void {
    const login = this.#over(wait);
    if (!login) return;
    const outcome = outcomeOf(answer);
    switch (outcome) {
      case 'pending':
      case 'slow_down':
        // After a pause, so as not to flood a server that answers at once.
        setTimeout(() => this.#askAgain(wait.index), Math.random() * 500).unref();
        return;
      case 'credentials':
        this.#run.ledger.noteToken(login, accessTokenOf(answer));
        this.#run.ledger.receive(login);
        break;
      case 'denied':
        if (login.denied) this.#run.ledger.count('refused');
        else this.#run.ledger.fault('failed', login, 'refused, although it was not denied');
        break;
      case 'unknown':
        if (login.tornOff) {
          this.#run.ledger.count('tornOff');
          break;
        }
        this.#run.ledger.fault('failed', login, `wait: ${described(answer)}`);
        break;
      case 'expired':
      case 'failed':
        if (answer.status === 503) {
          const pauseMs = 1_000 * retryAfterSeconds(answer);
          const loss = { count: 'unavailable', why: `wait: ${described(answer)}`, pauseMs } as const;
          return this.#reopen(wait.index, login, loss);
        }
        this.#run.ledger.fault('failed', login, `wait: ${described(answer)}`);
    }
    this.#logins[wait.index] = undefined;
    this.#listener.ended(login, answer);
  }

  lost(wait: HeldWait, reason: string): void {
    const login = this.#over(wait);
    const why = `wait: connection lost (${reason})`;
    const loss: Loss =
      reason === 'ECONNREFUSED'
        ? { count: 'unavailable', why, pauseMs: 1_000 }
        : { count: 'disconnected', why, pauseMs: 0 };
    if (login) this.#reopen(wait.index, login, loss);
    this.#openMore();
  }

  #over(wait: HeldWait): Login | undefined {
    if (wait.held) this.#run.activity.waiting--;
    else this.#opening--;
    this.#waits[wait.index] = undefined;
    return this.#logins[wait.index];
  }

  #askAgain(index: number): void {
    this.#run.ledger.count('askedAgain');
    this.#toOpen.push(index);
    this.#openMore();
  }

  /** Asks again after the pause and up to half a second. */
  #reopen(index: number, login: Login, { count, why, pauseMs }: Loss): void {
    const lost = (this.#lossesOf.get(index) ?? 0) + 1;
    this.#lossesOf.set(index, lost);
    this.#run.ledger.count(count);
    if (lost < maxLosses && !this.#run.stopping.aborted) {
      setTimeout(() => this.#askAgain(index), pauseMs + Math.random() * 500).unref();
      return;
    }
    this.#run.ledger.fault('failed', login, why);
    this.#logins[index] = undefined;
    this.#listener.ended(login, null);
  }

  #openMore(): void {
    while (this.#opening < openingAtATime) {
      const index = this.#toOpen.pop();
      if (index === undefined) break;
      const login = this.#logins[index];
      if (!login) continue;
      const request = this.#run.calls.wait(login.deviceCode, this.#seconds);
      const wait = new HeldWait(index, request, this.#varying.next(), this);
      this.#waits[index] = wait;
      this.#opening++;
      wait.open(this.#run.targets.next(), this.#run.addresses.next());
    }
    if (this.#opening === 0 && this.#toOpen.length === 0) {
      this.#onOpened?.();
      this.#onOpened = null;
    }
  }
}
