import type { Measured } from './medians.ts';

/** One figure of the benchmark: our number, those that it is compared with, and what was to be reached. */
export interface Figure {
  readonly title: string;
  readonly unit: string;
  readonly ours: Measured;
  readonly others: readonly Measured[];
  readonly targets: readonly Target[];
}

/** What was to be reached, and what was. */
export interface Target {
  readonly text: string;
  readonly reached: number;
  readonly met: boolean;
}

/** `ours` must be at least `least` times `other`. */
export function atLeast(ours: Measured, other: Measured | undefined, least: number): Target {
  const reached = ours.median / (other?.median ?? Number.NaN);
  return { text: `≥ ${least.toFixed(2)} of ${other?.name ?? '?'}`, reached, met: reached >= least };
}

/** `ours` must be at most `most` times `other`. */
export function atMost(ours: Measured, other: Measured | undefined, most: number): Target {
  const reached = ours.median / (other?.median ?? Number.NaN);
  return { text: `≤ ${most.toFixed(2)} of ${other?.name ?? '?'}`, reached, met: reached <= most };
}

/** `ours` must be as much as `other`, give or take a share of it. */
export function within(ours: Measured, other: Measured, share: number): Target {
  const reached = ours.median / other.median;
  const text = `1.00 of ${other.name}, ±${Math.round(share * 100)}%`;
  return { text, reached, met: Math.abs(reached - 1) <= share };
}

/** How much a figure is measured. */
export interface Effort {
  readonly rounds: number;
  /** Whether the documents get the numbers. */
  readonly write: boolean;
  /** Whether other products are measured too. */
  readonly peers: boolean;
  /** Length of one throughput measurement. */
  readonly seconds: number;
  /** Held waits, smaller and larger; `idleSeconds`: how long they are left alone, in one round, 0 for not. */
  readonly held: readonly { readonly waits: number; readonly rounds: number; readonly idleSeconds: number }[];
  readonly fanout: number;
  readonly jobs: number;
  /** Logins that are pending while others log in: few, and many. */
  readonly pending: readonly [few: number, many: number];
  /** Logins whose cost is measured at a time. */
  readonly costed: number;
  /** Waits that are held at once over as many api processes as it takes, and all woken. */
  readonly heldAndWoken: number;
  readonly idleLogins: number;
  /** Logins at each peer whose clients poll. */
  readonly pollingLogins: number;
}
