import type { Traffic } from '../client/traffic.ts';
import type { Mark, TimelineSample } from '../processes/watch.ts';
import { type ScenarioName, scenarios } from '../scenarios/index.ts';
import type { Growth } from './counters.ts';
import type { LatencySummary } from './latencies.ts';
import type { Tally } from './ledger.ts';
import type { Machine } from './machine.ts';
import type { CheckedRequirement } from './requirements.ts';

/** The resources of one server from one phase to the next. */
export interface PhaseUsage {
  readonly server: string;
  readonly rssBytes: number;
  readonly rssGrowthBytes: number;
  /** CPU used, in hundredths of one core, on the average of the phase. */
  readonly cpuPercent: number;
}

/** A phase of the run, named by its end. */
export interface PhaseResult {
  readonly name: string;
  /** Its end, in milliseconds since the epoch. */
  readonly untilMs: number;
  readonly seconds: number;
  readonly usage: readonly PhaseUsage[];
}

/** The load generator: its busiest process. At a whole core, it measures itself. */
export interface GeneratorUse {
  /** Of the repository that it was run from, with `-dirty` if there are uncommitted changes; null if there is none. */
  readonly commit: string | null;
  readonly cpuSeconds: number;
  /** While work was measured, in hundredths of one core. */
  readonly busyPercent: number;
  readonly maxRssBytes: number;
}

/** All results of a run: the JSON result, from which the report is made. */
export interface LoadResult {
  readonly scenario: ScenarioName;
  readonly startedAt: string;
  readonly endedAt: string;
  /** What makes the same run again. */
  readonly command: string;
  /** Whether it still goes on, so that all of this is only so far. */
  readonly running: boolean;
  /** Whether it was stopped before its time. */
  readonly interrupted: boolean;
  readonly target: string;
  /** The options; never a password. */
  readonly options: Readonly<Record<string, string | number | boolean | null>>;
  /** The machine that the load came from; with a stack of our own, the servers' too. */
  readonly machine: Machine;
  readonly generator: GeneratorUse;
  /** No login was lost or doubled: each approved one gave its credentials once, or, with faults, the same ones again. */
  readonly kept: boolean;
  readonly requirements: readonly CheckedRequirement[];
  readonly unit: string;
  /** Units of work in the measured window, its length, and their quotient. */
  readonly done: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly tally: Tally;
  readonly latencies: Readonly<Record<string, LatencySummary>>;
  /** Of the whole run, preparation and checks too. */
  readonly traffic: Traffic;
  readonly phases: readonly PhaseResult[];
  readonly timeline: readonly TimelineSample[];
  /** What was done to the processes, and times in which the load generator stood still. */
  readonly marks: readonly Mark[];
  /** What the services counted in the whole run, preparation and checks too, as their metrics tell. */
  readonly growth: readonly Growth[];
}

/** Whether more failed than succeeded, so that the figures mean little. */
export function tooManyFailed({ done, tally }: LoadResult): boolean {
  return tally.counts.failed > done;
}

/** The exit code of a run; `faultFailures`: what could not be done to the deployment. */
export function exitCode(result: LoadResult, faultFailures: readonly string[]): number {
  if (!result.kept) return 1;
  if (tooManyFailed(result) || faultFailures.length > 0) return 2;
  if (!result.requirements.every(({ met }) => met)) return 3;
  // What is required of a whole run is not shown by a part of one.
  return result.interrupted && result.requirements.length > 0 ? 2 : 0;
}

/** The verdict on a run, in a few words. */
export function verdict({ kept, done, tally, running, interrupted, scenario }: LoadResult): string {
  const { lost, duplicated, givenAgain, failed } = tally.counts;
  const approves: boolean = scenarios[scenario].approves;
  const words = !kept
    ? `LOGINS WERE LOST OR DOUBLED: ${lost} lost, ${duplicated} doubled, ${givenAgain} given again.`
    : failed > 0 && done === 0
      ? 'NOTHING SUCCEEDED, so nothing was measured: does the target answer?'
      : failed > done
        ? 'MORE FAILED THAN SUCCEEDED, so little was measured.'
        : `${approves ? 'No login was lost or doubled' : 'Nothing was approved that could be lost'}${failed > 0 ? `; ${failed} failed` : ''}.`;
  if (running) return `Still running. ${words}`;
  return interrupted ? `Stopped before its time. ${words}` : words;
}

/**
 * Bytes that a held wait added to the resident memory of all servers; null if none were held or no server reports. It includes
 * garbage; the benchmark, which collects it first, is exact.
 */
export function bytesPerWait({ phases, options: { clients } }: LoadResult): number | null {
  const usage = phases.find(({ name }) => name === 'held')?.usage ?? [];
  if (usage.length === 0) return null;
  return usage.reduce((total, { rssGrowthBytes }) => total + rssGrowthBytes, 0) / Number(clients);
}
