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

  /** Whether Redis answered when a probe was added: time without a job counts only while Redis answers. */
  redisAnswered(answered: boolean): void {
    if (!answered) this.#redisBackSinceMs = null;
    else this.#redisBackSinceMs ??= this.#clock.nowMs();
  }

  /** Null if jobs are being taken, else the reason in a sentence. */
  unreadyReason(): string | null {
    if (this.#redisBackSinceMs === null) return 'Redis does not answer.';
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
