import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { loadScript, type RedisClient, replyWords, runScript } from '@ravi/redis';
import { RefusedSubjects, type Subject } from './subjects.ts';

const admitGuess = loadScript(new URL('./lua/admit-guess.lua', import.meta.url));
const settleGuess = loadScript(new URL('./lua/settle-guess.lua', import.meta.url));

/** How long a guess waits for others that are open, and how far apart it asks: a little longer each time. */
const patienceMs = 2_000;
const firstPauseMs = 5;
const maxPauseMs = 100;

/** A guess that was admitted and is being looked at: one of the two says what became of it. */
export interface Guess {
  /** It was wrong, and counts from now on. Rejects when that could not be noted: then it must not be told. */
  wrong(): Promise<void>;
  /** It was right, or nobody could look. Never rejects; nobody need wait for it. */
  takeBack(): Promise<void>;
}

/** Whether a guess may be looked at. `busy`: so many others were being looked at, for seconds, that it was not its turn. */
export type GuessAdmission =
  | { readonly kind: 'admitted'; readonly guess: Guess }
  | { readonly kind: 'busy' }
  | { readonly kind: 'refused'; readonly retryAfterMs: number };

/** Where guesses are counted. `name` is the start of the keys; its braces keep them in one Cluster slot. */
export interface GuessLimitDeps {
  readonly redis: RedisClient;
  readonly name: string;
  readonly windowSeconds: number;
  /** Longer than a guess is looked at: then it is forgotten, for its process is gone. */
  readonly openSeconds: number;
}

/**
 * Wrong guesses, counted in Redis over a sliding window: across instances, and without a seam. Wrong guesses and open ones are
 * never more than allowed, so no rush gets more looked at; one that finds only open ones in its way waits for its turn.
 */
export class GuessLimit {
  readonly #deps: GuessLimitDeps;
  readonly #refused = new RefusedSubjects();

  constructor(deps: GuessLimitDeps) {
    this.#deps = deps;
  }

  /** The milliseconds for which one of these subjects is known to be refused; null where none is. Asks nobody. */
  refusedForMs(subjects: readonly Subject[]): number | null {
    return this.#refused.find(subjects)?.retryAfterMs ?? null;
  }

  /** Admits a guess of all these subjects, or of none. What it rejects with, the guess counts for nothing. */
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
      // Never in step with the others that wait.
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
      // Redis may carry it out all the same, later; and this, which comes after it.
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
