/** The end of a token request that decided nothing. */
export interface Undecided {
  readonly kind: 'pending' | 'slowDown' | 'away';
  /** The duration of the request. */
  readonly tookMs: number;
  /** The server's `Retry-After`; null if there is none. */
  readonly retryAfterMs: number | null;
}

/** The longest pause between asks while nobody answers, unless the interval is longer. */
const longestBackoffMs = 30_000;

/** The time that `slow_down` adds if the answer does not name a longer interval. (RFC 8628 §3.5) */
const slowDownMs = 5_000;

/**
 * When to ask again. An ask that was held for the interval or longer is followed by the next almost at once; quick answers come no
 * closer than the interval. While nobody answers, pauses grow (RFC 8628 §3.5); all are spread, so that the programs that one restart
 * cut off do not come back together.
 */
export class Pacing {
  #intervalMs: number;
  #failures = 0;
  readonly #random: () => number;

  constructor(intervalMs: number, random: () => number) {
    this.#intervalMs = intervalMs;
    this.#random = random;
  }

  get intervalMs(): number {
    return this.#intervalMs;
  }

  /** Takes the interval that a `slow_down` names if it is longer than before; else adds 5 s: some servers repeat the first one. */
  slowDown(namedMs: number | null): void {
    const isLonger = namedMs !== null && namedMs > this.#intervalMs;
    this.#intervalMs = isLonger ? namedMs : this.#intervalMs + slowDownMs;
  }

  /** Milliseconds from the end of an ask to the next. */
  pauseAfter({ kind, tookMs, retryAfterMs }: Undecided): number {
    this.#failures = kind === 'away' ? this.#failures + 1 : 0;
    const wasHeld = tookMs >= this.#intervalMs && kind !== 'slowDown';
    const pauseMs = wasHeld && this.#failures <= 1 ? this.#spread(500) : this.#spacingMs() - tookMs;
    return Math.max(0, pauseMs, retryAfterMs === null ? 0 : retryAfterMs + this.#spread(500));
  }

  /** From the begin of one ask to that of the next: a little more than the interval, since clocks differ. */
  #spacingMs(): number {
    const grown = this.#intervalMs * 2 ** Math.max(0, Math.min(this.#failures, 16) - 1);
    const spacing = Math.min(grown, Math.max(longestBackoffMs, this.#intervalMs));
    return spacing * 1.05 + this.#spread(spacing * 0.15);
  }

  #spread(rangeMs: number): number {
    return this.#random() * rangeMs;
  }
}
