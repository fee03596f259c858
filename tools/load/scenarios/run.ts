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
  /** Milliseconds that the human of a `login` takes. */
  readonly thinkMs: number;
}

/** What a scenario has to work with, in one process. */
export interface Run {
  readonly share: Share;
  readonly targets: Targets;
  readonly addresses: SourceAddresses;
  readonly calls: DeviceCalls;
  readonly pool: ConnectionPool;
  /** Who approves, in turn; none when nobody does. */
  readonly sessions: readonly Session[];
  readonly ledger: Ledger;
  readonly latencies: Latencies;
  readonly activity: Activity;
  /** Aborted when the run shall end early: a scenario then stops its work and returns. */
  readonly stopping: AbortSignal;
  /** Resolves when every process has come this far, so that all measure the same phase. */
  together(phase: string): Promise<void>;
}

/** Drives the load of one process and resolves when it is over. Faults go to the ledger; it rejects only for bugs. */
export type Scenario = (run: Run) => Promise<void>;
