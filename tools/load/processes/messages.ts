import type { Session } from '../client/session.ts';
import type { Traffic } from '../client/traffic.ts';
import type { ActivitySample } from '../measuring/activity.ts';
import type { EncodedLatencies } from '../measuring/latencies.ts';
import type { Tally } from '../measuring/ledger.ts';
import type { ScenarioName } from '../scenarios/index.ts';
import type { Share } from '../scenarios/run.ts';

/** What a worker process is told to do. */
export interface Job {
  readonly scenario: ScenarioName;
  /** Where waits are held, in turn, the same path behind each; and where everything else is asked. */
  readonly waitUrls: readonly [string, ...string[]];
  readonly callUrls: readonly [string, ...string[]];
  readonly share: Share;
  readonly sessions: readonly Session[];
  /** The /24 that its sockets come from; null where the system chooses. */
  readonly network: string | null;
}

/** What a worker did. */
export interface WorkerResult {
  readonly tally: Tally;
  readonly latencies: EncodedLatencies;
  readonly traffic: Traffic;
  /** What the worker itself used. */
  readonly own: { readonly cpuSeconds: number; readonly maxRssBytes: number };
  readonly window: { readonly fromMs: number; readonly untilMs: number; readonly done: number };
}

export type ToWorker =
  | { readonly kind: 'begin'; readonly job: Job }
  /** All have reached the phase: go on. */
  | { readonly kind: 'goOn' }
  | { readonly kind: 'stop' };

export type FromWorker =
  | { readonly kind: 'sample'; readonly sample: ActivitySample }
  | { readonly kind: 'reached'; readonly phase: string }
  | { readonly kind: 'finished'; readonly result: WorkerResult };
