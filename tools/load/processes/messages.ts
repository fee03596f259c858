import type { Session } from '../client/session.ts';
import type { Traffic } from '../client/traffic.ts';
import type { ActivitySample, WorkWindow } from '../measuring/activity.ts';
import type { EncodedLatencies } from '../measuring/latencies.ts';
import type { Count, Tally } from '../measuring/ledger.ts';
import type { ScenarioName } from '../scenarios/index.ts';
import type { Share } from '../scenarios/run.ts';

/** The task of a worker process. */
export interface Job {
  readonly scenario: ScenarioName;
  /** The targets for waits, used in turn, with the same path; and the target for everything else. */
  readonly waitUrls: readonly [string, ...string[]];
  readonly callUrls: readonly [string, ...string[]];
  /** Addresses in place of those that the names lead to, used in turn; may be none. */
  readonly addresses: readonly string[];
  readonly share: Share;
  readonly sessions: readonly Session[];
  /** The /24 of its sockets; null if the system chooses. */
  readonly network: string | null;
}

export interface WorkerResult {
  readonly tally: Tally;
  readonly latencies: EncodedLatencies;
  readonly traffic: Traffic;
  /** The worker's own resources. */
  readonly own: { readonly cpuSeconds: number; readonly maxRssBytes: number };
  readonly window: WorkWindow;
}

/** What a worker tells several times a second. */
export interface Progress {
  readonly sample: ActivitySample;
  readonly counts: Readonly<Record<Count, number>>;
  /** Those since the last report that had some. */
  readonly latencies: EncodedLatencies;
  /** How much later than due it reports: then it stood still, and so did its load. */
  readonly lateMs: number;
}

export type ToWorker =
  | { readonly kind: 'begin'; readonly job: Job }
  /** All workers have reached the phase: continue. */
  | { readonly kind: 'goOn' }
  | { readonly kind: 'stop' };

export type FromWorker =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'reached'; readonly phase: string }
  | { readonly kind: 'finished'; readonly result: WorkerResult };
