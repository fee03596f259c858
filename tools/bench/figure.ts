import type { Measured } from './medians.ts';

/** One figure of the benchmark: our number, those that it is compared with, and the targets. */
export interface Figure {
  readonly title: string;
  readonly unit: string;
  readonly ours: Measured;
  readonly others: readonly Measured[];
  readonly targets: readonly Target[];
}

/** A target, and the measured value. */
export interface Target {
  readonly text: string;
  readonly reached: number;
  readonly met: boolean;
}

/** `ours` must be at least `min` times `other`. */
export function atLeast(ours: Measured, other: Measured | undefined, min: number): Target {
  const reached = ours.median / (other?.median ?? Number.NaN);
  return { text: `≥ ${min.toFixed(2)} of ${other?.name ?? '?'}`, reached, met: reached >= min };
}

/** `ours` must be at most `max` times `other`. */
export function atMost(ours: Measured, other: Measured | undefined, max: number): Target {
  const reached = ours.median / (other?.median ?? Number.NaN);
  return { text: `≤ ${max.toFixed(2)} of ${other?.name ?? '?'}`, reached, met: reached <= max };
}

/** `ours` must be as much as `other`, give or take a share of it. */
export function within(ours: Measured, other: Measured, share: number): Target {
  const reached = ours.median / other.median;
  const text = `1.00 of ${other.name}, ±${Math.round(share * 100)}%`;
  return { text, reached, met: Math.abs(reached - 1) <= share };
}

/** How a figure is measured. */
export interface Effort {
  readonly rounds: number;
  /** Whether the numbers are written into the documents. */
  readonly write: boolean;
  /** Whether other products are measured too. */
  readonly peers: boolean;
  /** Length of one throughput measurement. */
  readonly seconds: number;
  /** Pending logins that are polled in turn: in a measurement so many that none is polled faster than its interval of a second. */
  readonly polled: number;
  /** Held waits, a small and a large number; `idleSeconds`: the idle time in one round, 0 for none. */
  readonly held: readonly { readonly waits: number; readonly rounds: number; readonly idleSeconds: number }[];
  readonly fanout: number;
  readonly jobs: number;
  /** Other pending logins during logins: few, and many. */
  readonly pending: readonly [few: number, many: number];
  /** Logins whose cost is measured at a time. */
  readonly costed: number;
  /** Waits that are held at once, over as many api processes as needed, and all woken. */
  readonly heldAndWoken: number;
  readonly idleLogins: number;
  /** Logins at each peer whose clients poll. */
  readonly pollingLogins: number;
}
