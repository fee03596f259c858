import type { Clock } from '@ravi/runtime';

/** Time without a job after which the issuer is unready, and after which it should be restarted. */
const unreadyAfterMs = 15_000;
const deadAfterMs = 60_000;

/** The longest time between two probes that counts: in a longer one the process was paused, and could take no job. */
const maxStepMs = 6_000;

/**
 * Tracks whether this process takes jobs from the queue. Probe jobs are added all the time: a process that has taken none
 * for a while although Redis answers is stuck, which a ping would not show. Only time that the process lived through counts: one
 * that was paused, or whose machine's clock jumped, goes on.
 */
export class Watchdog {
  readonly #clock: Clock;
  readonly #first = Promise.withResolvers<void>();
  #takenOnce = false;
  #refusal: string | null = 'it has not answered yet.';
  #probedAtMs = 0;
  /** Time without a job while Redis answered. */
  #idleMs = 0;

  /** `clock` only goes forward. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves once a job was taken. */
  get firstTaken(): Promise<void> {
    return this.#first.promise;
  }

  taken(): void {
    this.#first.resolve();
    this.#takenOnce = true;
    this.#idleMs = 0;
  }

  /** A probe was added. Time without a job counts only while Redis takes them. */
  redisAnswered(): void {
    const nowMs = this.#clock.nowMs();
    const stepMs = Math.min(nowMs - this.#probedAtMs, maxStepMs);
    this.#probedAtMs = nowMs;
    if (this.#refusal === null) this.#idleMs += stepMs;
    this.#refusal = null;
  }

  /** A probe could not be added, or this process may take no jobs; `word` says why, such as Redis's own. */
  redisRefused(word: string): void {
    this.#refusal = word;
    this.#idleMs = 0;
  }

  /** Null if jobs are being taken, else the reason in a sentence. */
  unreadyReason(): string | null {
    if (this.#refusal !== null) return `Redis takes no jobs: ${this.#refusal}`;
    if (this.#takenOnce && this.#idleMs < unreadyAfterMs) return null;
    return 'No job was taken from the queue lately.';
  }

  /** True if Redis has answered for a minute and no job was taken: only a restart helps. */
  stuck(): boolean {
    return this.#idleMs > deadAfterMs;
  }
}
