import { type BriefLatency, Latencies } from '../measuring/latencies.ts';
import { type Count, countNames } from '../measuring/ledger.ts';
import { nowMs } from '../measuring/now.ts';
import type { ServerFigures } from '../measuring/server-figures.ts';
import type { Progress } from './messages.ts';

/** A sample of the whole run. */
export interface TimelineSample {
  readonly atMs: number;
  /** Requests held open now. */
  readonly waiting: number;
  /** Units of work done since the start. */
  readonly done: number;
  /** Logins lost, doubled or failed since the start. */
  readonly faults: number;
  /** Of what ended since the last sample. */
  readonly latencies: Readonly<Record<string, BriefLatency>>;
  readonly servers: readonly ServerFigures[];
}

/** Something that happened at a moment of the run, for the charts. */
export interface Mark {
  readonly atMs: number;
  readonly label: string;
}

/** A worker reports four times a second. From this delay on, the time in which it stood still is told. */
const longPauseMs = 500;

/** What the workers have reported so far. */
export class Watch {
  /** Times in which the load generator stood still. */
  readonly pauses: Mark[] = [];
  /** Of the whole run until the last sample. */
  readonly latencies = new Latencies();
  readonly #latest = new Map<number, Progress>();
  #recent = new Latencies();

  take(worker: number, progress: Progress): void {
    this.#latest.set(worker, progress);
    this.#recent.merge(progress.latencies);
    if (progress.lateMs < longPauseMs) return;
    const seconds = (progress.lateMs / 1_000).toFixed(1);
    this.pauses.push({
      atMs: nowMs() - progress.lateMs,
      label: `load generator stood still for ${seconds} s`,
    });
  }

  counts(): Readonly<Record<Count, number>> {
    return Object.fromEntries(
      countNames.map((name) => [name, this.#sum(({ counts }) => counts[name])]),
    ) as Record<Count, number>;
  }

  /** A sample of now; its latencies are those since the last one. */
  sample(servers: readonly ServerFigures[]): TimelineSample {
    const recent = this.#recent;
    this.#recent = new Latencies();
    for (const [name, histogram] of recent.histograms()) this.latencies.add(name, histogram);
    return {
      atMs: nowMs(),
      waiting: this.#sum(({ sample }) => sample.waiting),
      done: this.#sum(({ sample }) => sample.done),
      faults: this.#sum(({ counts: { lost, duplicated, failed } }) => lost + duplicated + failed),
      latencies: recent.brief(),
      servers,
    };
  }

  #sum(pick: (progress: Progress) => number): number {
    return [...this.#latest.values()].reduce((total, progress) => total + pick(progress), 0);
  }
}
