import { Counter, Gauge, type Registry } from 'prom-client';
import type { Logger } from './logger.ts';

/** An outage has ended when nothing failed for this long. */
const quietMs = 3_000;

/** An error may quote much; its first words say what it is. */
const maxWordLength = 200;

export interface OutagesOptions {
  readonly logger: Logger;
  readonly registry: Registry;
  /** Why something failed, in one word; null for an error that is a bug and no outage. */
  readonly reasonOf: (error: unknown) => string | null;
  /** Every word that `reasonOf` gives: each is in the metrics from the start. */
  readonly reasons: readonly string[];
  /** What an outage does here: "requests are answered 503". */
  readonly effect: string;
}

interface Outage {
  readonly word: string;
  readonly beganMs: number;
  lastMs: number;
  failures: number;
}

/**
 * Reports outages: one warning when something begins to fail for a reason and one when that has ended, however much fails in
 * between; and a counter and a gauge for each reason. The caller reports what failed; what succeeds costs nothing here.
 */
export class Outages {
  readonly #options: OutagesOptions;
  readonly #failures: Counter;
  readonly #current = new Map<string, Outage>();
  readonly #gauge: Gauge;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: OutagesOptions) {
    const { registry, reasons } = options;
    this.#options = options;
    this.#failures = new Counter({
      name: 'ravi_unavailable_total',
      help: 'Requests, jobs and signs of life that Redis could not serve, by reason.',
      labelNames: ['reason'],
      registers: [registry],
    });
    this.#gauge = new Gauge({
      name: 'ravi_outage',
      help: 'Whether Redis could not serve something for this reason within the last 3 seconds.',
      labelNames: ['reason'],
      registers: [registry],
    });
    for (const reason of reasons) {
      this.#failures.inc({ reason }, 0);
      this.#gauge.set({ reason }, 0);
    }
  }

  /** Something failed with this error. Does nothing where the error is no outage. */
  readonly note = (error: unknown): void => {
    const reason = this.#options.reasonOf(error);
    if (reason === null) return;
    this.#failures.inc({ reason });
    const nowMs = performance.now();
    const outage = this.#current.get(reason);
    if (outage) {
      outage.lastMs = nowMs;
      outage.failures++;
      return;
    }
    const word = (error instanceof Error ? error.message : '').slice(0, maxWordLength);
    this.#current.set(reason, { word, beganMs: nowMs, lastMs: nowMs, failures: 1 });
    this.#gauge.set({ reason }, 1);
    this.#options.logger.warn({ reason, redis: word }, `outage began: ${this.#options.effect}`);
    this.#timer ??= setInterval(() => this.#endQuiet(), 500).unref();
  };

  /** The current outage in Redis's own words; null if there is none. */
  get word(): string | null {
    const [outage] = this.#current.values();
    return outage?.word ?? null;
  }

  #endQuiet(): void {
    const { logger } = this.#options;
    const nowMs = performance.now();
    for (const [reason, { word, beganMs, lastMs, failures }] of this.#current) {
      if (nowMs - lastMs < quietMs) continue;
      this.#current.delete(reason);
      this.#gauge.set({ reason }, 0);
      const seconds = Math.round((lastMs - beganMs) / 100) / 10;
      logger.warn(
        { reason, redis: word, failures, seconds },
        'outage ended: nothing fails for this reason any more',
      );
    }
    if (this.#current.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
