import type { Traffic } from '../client/traffic.ts';
import type { WorkWindow } from './activity.ts';
import type { LatencySummary } from './latencies.ts';
import type { Tally } from './ledger.ts';
import type { ServerFigures } from './server-figures.ts';
import { keptThePromise, Ledger } from './ledger.ts';
import { Latencies } from './latencies.ts';
import { type CheckedRequirement, checkRequirements } from './requirements.ts';
import type { LoadOptions } from '../options.ts';
import type { CoordinatedRun, TimelineSample } from '../processes/coordinator.ts';
import { type Amount, type ScenarioName, scenarios } from '../scenarios/index.ts';
import { commitOf } from './commit.ts';
import { type Machine, thisMachine } from './machine.ts';

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
  /** Whether it was stopped before its time. */
  readonly interrupted: boolean;
  readonly target: string;
  /** The options; never a password. */
  readonly options: Readonly<Record<string, string | number | boolean | null>>;
  /** The machine that the load came from; with a stack of our own, the servers' too. */
  readonly machine: Machine;
  readonly generator: GeneratorUse;
  /** No login was lost or doubled: each approved one gave its credentials once. */
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
}

/** Whether more failed than succeeded, so that the figures mean little. */
export function tooManyFailed({ done, tally }: LoadResult): boolean {
  return tally.counts.failed > done;
}

/** The verdict on a run, in a few words. */
export function verdict({ kept, done, tally, interrupted, scenario }: LoadResult): string {
  const { lost, duplicated, failed } = tally.counts;
  const approves: boolean = scenarios[scenario].approves;
  const words = !kept
    ? `LOGINS WERE LOST OR DOUBLED: ${lost} lost, ${duplicated} doubled.`
    : failed > 0 && done === 0
      ? 'NOTHING SUCCEEDED, so nothing was measured: does the target answer?'
      : failed > done
        ? 'MORE FAILED THAN SUCCEEDED, so little was measured.'
        : `${approves ? 'No login was lost or doubled' : 'Nothing was approved that could be lost'}${failed > 0 ? `; ${failed} failed` : ''}.`;
  return interrupted ? `Stopped before its time. ${words}` : words;
}

/**
 * Bytes that a held wait added to the resident memory of all servers; null if none were held or no server reports. It includes
 * garbage; the benchmark, which collects it first, is exact.
 */
export function bytesPerWait({ phases, options: { clients } }: LoadResult): number | null {
  const usage = phases.find(({ name }) => name === 'held')?.usage ?? [];
  if (usage.length === 0) return null;
  return sum(usage.map(({ rssGrowthBytes }) => rssGrowthBytes)) / Number(clients);
}

/** Combines the workers' results. */
export function toLoadResult(
  options: LoadOptions,
  target: string,
  startedAt: Date,
  run: CoordinatedRun,
  interrupted: boolean,
): LoadResult {
  const ledger = new Ledger();
  const latencies = new Latencies();
  for (const result of run.results) {
    ledger.merge(result.tally);
    latencies.merge(result.latencies);
  }
  const windows = run.results.map(({ window }) => window);
  const done = sum(windows.map((window) => window.done));
  const fromMs = Math.min(...windows.map((window) => window.fromMs));
  const seconds = (Math.max(...windows.map((window) => window.untilMs)) - fromMs) / 1000;
  const tally = ledger.tally();
  const summaries = latencies.summaries();
  const perSecond = seconds > 0 ? done / seconds : 0;
  const { clients, connections, rate, thinkMs, approve, metricsUrls } = options;
  const takes: readonly Amount[] = scenarios[options.scenario].takes;
  return {
    scenario: options.scenario,
    startedAt: startedAt.toISOString(),
    endedAt: new Date().toISOString(),
    command: options.command,
    interrupted,
    target,
    options: {
      ...(takes.includes('clients') ? { clients } : {}),
      connections,
      ...(takes.includes('rate') ? { rate } : {}),
      ...(takes.includes('seconds') ? { seconds: options.seconds } : {}),
      ...(takes.includes('ramp') ? { rampSeconds: options.rampSeconds } : {}),
      ...(takes.includes('think') ? { thinkMs } : {}),
      processes: run.results.length,
      approve,
      ...(metricsUrls.length > 0 ? { metrics: metricsUrls.join(' ') } : {}),
      // Unknown for other deployments.
      ...(options.url === null ? options.stack : {}),
    },
    machine: thisMachine(),
    generator: {
      commit: commitOf(import.meta.dirname),
      cpuSeconds: Math.max(...run.results.map(({ own }) => own.cpuSeconds)),
      busyPercent: Math.max(...windows.map(busyPercent)),
      maxRssBytes: Math.max(...run.results.map(({ own }) => own.maxRssBytes)),
    },
    kept: keptThePromise(tally),
    requirements: checkRequirements(options.requirements, { perSecond, tally, latencies: summaries }),
    unit: scenarios[options.scenario].unit,
    done,
    seconds,
    perSecond,
    tally,
    latencies: summaries,
    traffic: {
      sentBytes: sum(run.results.map(({ traffic }) => traffic.sentBytes)),
      receivedBytes: sum(run.results.map(({ traffic }) => traffic.receivedBytes)),
    },
    phases: phaseResults(run.phases),
    timeline: run.timeline,
  };
}

const busyPercent = ({ fromMs, untilMs, cpuSeconds }: WorkWindow) =>
  untilMs > fromMs ? (cpuSeconds * 100_000) / (untilMs - fromMs) : 0;

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function phaseResults(phases: CoordinatedRun['phases']): PhaseResult[] {
  return phases.slice(1).map(({ name, atMs, servers }, index) => {
    const before = phases[index];
    const seconds = (atMs - (before?.atMs ?? atMs)) / 1000;
    return {
      name,
      untilMs: atMs,
      seconds,
      usage: servers.map((server) => usageSince(before?.servers ?? [], server, seconds)),
    };
  });
}

function usageSince(before: readonly ServerFigures[], server: ServerFigures, seconds: number): PhaseUsage {
  const then = before.find(({ name }) => name === server.name) ?? server;
  return {
    server: server.name,
    rssBytes: server.rssBytes,
    rssGrowthBytes: server.rssBytes - then.rssBytes,
    cpuPercent: seconds > 0 ? (100 * (server.cpuSeconds - then.cpuSeconds)) / seconds : 0,
  };
}
