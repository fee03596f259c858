import type { Clock } from '@ravi/runtime';

/** Time without a job after which the issuer is unready, and after which it should be restarted. */
const unreadyAfterMs = 15_000;
const deadAfterMs = 60_000;

/**
 * Tracks whether this process takes jobs from the queue. Probe jobs are added all the time: a process that has taken none
 * for a while although Redis answers is stuck, which a ping would not show.
 */
export class Consumption {
  readonly #clock: Clock;
  #lastTakenMs: number;
  #redisBackSinceMs: number | null = null;
  #refusal = '';
  readonly #first = Promise.withResolvers<void>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastTakenMs = Number.NEGATIVE_INFINITY;
  }

  /** Resolves once a job was taken. */
  get firstTaken(): Promise<void> {
    return this.#first.promise;
  }

  /** A job was taken. */
  taken(): void {
    this.#first.resolve();
    this.#lastTakenMs = this.#clock.nowMs();
  }

  /** A probe was added. Time without a job counts only while Redis takes them. */
  redisAnswered(): void {
    this.#redisBackSinceMs ??= this.#clock.nowMs();
  }

  /** A probe could not be added; `word` is Redis's own, or the connection's. */
  redisRefused(word: string): void {
    this.#redisBackSinceMs = null;
    this.#refusal = word;
  }

  /** Null if jobs are being taken, else the reason in a sentence. */
  unreadyReason(): string | null {
    if (this.#redisBackSinceMs === null)
      return `Redis takes no jobs: ${this.#refusal || 'it has not answered yet.'}`;
    if (this.#clock.nowMs() - this.#lastTakenMs < unreadyAfterMs) return null;
    return 'No job was taken from the queue lately.';
  }

  /** True if Redis has answered for a minute and no job was taken: only a restart helps. */
  stuck(): boolean {
    const since = this.#redisBackSinceMs;
    if (since === null) return false;
    return this.#clock.nowMs() - Math.max(since, this.#lastTakenMs) > deadAfterMs;
  }
}
