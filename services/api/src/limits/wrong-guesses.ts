import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { loadScript, type RedisClient, replyWords, runScript } from '@ravi/redis';
import { RefusedSubjects, type Subject } from './event-limit.ts';

const admitGuess = loadScript(new URL('./lua/admit-guess.lua', import.meta.url));
const settleGuess = loadScript(new URL('./lua/settle-guess.lua', import.meta.url));

/** How long a guess waits for open ones, and the growing pauses between its attempts. */
const patienceMs = 2_000;
const firstPauseMs = 5;
const maxPauseMs = 100;

/** An admitted guess that is being checked. The caller calls one of the two methods. */
export interface Guess {
  /** It was wrong, and counts from now on. Rejects if the count failed: then the client must not learn that it was wrong. */
  wrong(): Promise<void>;
  /** It was right or could not be checked, and does not count. Never rejects; the caller need not wait. */
  takeBack(): Promise<void>;
}

/** Whether a guess may be checked. `busy`: others were being checked for seconds and took all places. */
export type GuessAdmission =
  | { readonly kind: 'admitted'; readonly guess: Guess }
  | { readonly kind: 'busy' }
  | { readonly kind: 'refused'; readonly retryAfterMs: number };

/** `name` is the prefix of the keys; its braces keep them in one Cluster slot. */
export interface WrongGuessesDeps {
  readonly redis: RedisClient;
  readonly name: string;
  readonly windowSeconds: number;
  /** An open guess is forgotten after this time, which is longer than a check takes: its process has died. */
  readonly openSeconds: number;
}

/**
 * Wrong guesses, counted in Redis over a sliding window and across instances. Wrong and open guesses together never exceed the
 * limit, so that concurrent guesses gain nothing; a guess that only open ones keep out waits for its turn. The caller says what is
 * guessed and by whom; the numbers are in fixed-maximums.ts.
 */
export class WrongGuesses {
  readonly #deps: WrongGuessesDeps;
  readonly #refused = new RefusedSubjects();

  constructor(deps: WrongGuessesDeps) {
    this.#deps = deps;
  }

  /** The milliseconds for which one of these subjects is known to be refused; null if none is. Reads only this process's memory. */
  refusedForMs(subjects: readonly Subject[]): number | null {
    return this.#refused.find(subjects)?.retryAfterMs ?? null;
  }

  /** Admits a guess for all these subjects, or for none. If it rejects, the guess does not count. */
  async admit(subjects: readonly Subject[]): Promise<GuessAdmission> {
    const refusedMs = this.refusedForMs(subjects);
    if (refusedMs !== null) return { kind: 'refused', retryAfterMs: refusedMs };
    const id = randomBytes(9).toString('base64url');
    const untilMs = performance.now() + patienceMs;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, maxPauseMs)) {
      const [word, number, waitMs] = await this.#ask(subjects, id);
      if (word === 'admitted') return { kind: 'admitted', guess: this.#guess(subjects, id) };
      if (word === 'refused') {
        this.#refused.note(subjects[Number(number) - 1]?.name ?? '', Number(waitMs));
        return { kind: 'refused', retryAfterMs: Number(waitMs) };
      }
      if (performance.now() >= untilMs) return { kind: 'busy' };
      // Random, so that waiting guesses do not retry in step.
      await pause(pauseMs * (0.5 + Math.random()));
    }
  }

  async #ask(subjects: readonly Subject[], id: string): Promise<readonly string[]> {
    const { redis, windowSeconds, openSeconds } = this.#deps;
    try {
      const reply = await runScript(
        redis,
        admitGuess,
        this.#keys(subjects),
        id,
        windowSeconds * 1000,
        openSeconds * 1000,
        ...subjects.map(({ max }) => max),
      );
      return replyWords(reply);
    } catch (error) {
      // Redis may still run the admission later, and then runs this settlement after it.
      void this.#settle(subjects, id, 'forgotten').catch(() => undefined);
      throw error;
    }
  }

  #guess(subjects: readonly Subject[], id: string): Guess {
    return {
      wrong: () => this.#settle(subjects, id, 'wrong'),
      takeBack: () => this.#settle(subjects, id, 'forgotten').catch(() => undefined),
    };
  }

  async #settle(subjects: readonly Subject[], id: string, outcome: 'wrong' | 'forgotten'): Promise<void> {
    const { redis, windowSeconds } = this.#deps;
    await runScript(redis, settleGuess, this.#keys(subjects), id, outcome, windowSeconds * 1000);
  }

  #keys(subjects: readonly Subject[]): readonly string[] {
    return subjects.flatMap(({ name }) => [
      `${this.#deps.name}:${name}:wrong`,
      `${this.#deps.name}:${name}:open`,
    ]);
  }
}
