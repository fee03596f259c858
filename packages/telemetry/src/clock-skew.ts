import { Gauge, type Registry } from 'prom-client';
import type { Logger } from './logger.ts';

/** Within this time each of several servers answers several times, so that one whose clock differs is not covered up by the others. */
const quietMs = 10_000;

/** Tells when the clock of Redis begins to differ from this machine's, and when it agrees again. */
export class ClockSkew {
  readonly #logger: Logger;
  readonly #gauge: Gauge;
  #differedAtMs: number | null = null;

  constructor({ logger, registry }: { readonly logger: Logger; readonly registry: Registry }) {
    this.#logger = logger;
    this.#gauge = new Gauge({
      name: 'ravi_clock_skew_seconds',
      help: 'How far the clock of Redis is ahead of the clock of this machine.',
      registers: [registry],
    });
  }

  /** A server's clock was read. `sentence` says what to do where the clocks differ; null where they agree. */
  readonly note = ({ skewMs, sentence }: { skewMs: number; sentence: string | null }): void => {
    const nowMs = performance.now();
    if (sentence !== null) {
      if (this.#differedAtMs === null) this.#logger.warn({ skewSeconds: skewMs / 1000 }, sentence);
      this.#differedAtMs = nowMs;
    } else if (this.#differedAtMs !== null) {
      if (nowMs - this.#differedAtMs < quietMs) return;
      this.#differedAtMs = null;
      this.#logger.info('the clocks of Redis and of this machine agree again');
    }
    this.#gauge.set(skewMs / 1000);
  };
}
