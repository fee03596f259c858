import type { ConnectionPool } from '../client/connection-pool.ts';
import type { DeviceCalls } from '../client/device-calls.ts';
import type { Session } from '../client/session.ts';
import type { SourceAddresses } from '../client/source-addresses.ts';
import type { Targets } from '../client/target.ts';
import type { Activity } from '../measuring/activity.ts';
import type { Latencies } from '../measuring/latencies.ts';
import type { Ledger } from '../measuring/ledger.ts';

/** One process's share of the load. */
export interface Share {
  /** Logins that wait at once, or are prepared. */
  readonly clients: number;
  /** Keep-alive connections for starting, polling and approving. */
  readonly connections: number;
  /** Per second, all processes' shares together making the rate asked for; null for "as fast as possible". */
  readonly rate: number | null;
  readonly seconds: number;
  /** The rate rises for this time before the measurement; 0: it is there at once. */
  readonly rampSeconds: number;
  /** Milliseconds that the human of a `login` takes. */
  readonly thinkMs: number;
}

/** The context of a scenario, in one process. */
export interface Run {
  readonly share: Share;
  readonly targets: Targets;
  readonly addresses: SourceAddresses;
  readonly calls: DeviceCalls;
  readonly pool: ConnectionPool;
  /** The approvers, used in turn; may be none. */
  readonly sessions: readonly Session[];
  readonly ledger: Ledger;
  readonly latencies: Latencies;
  readonly activity: Activity;
  /** Aborted to end the run early: a scenario then stops its work and returns. */
  readonly stopping: AbortSignal;
  /** Resolves when every process has reached this phase, so that all measure the same one. */
  together(phase: string): Promise<void>;
}

/** Runs the load of one process and resolves at its end. Faults go to the ledger; it rejects only for bugs. */
export type Scenario = (run: Run) => Promise<void>;
