import type { LoadOptions } from '../options.ts';
import type { CoordinatedRun, SoFar } from '../processes/coordinator.ts';
import type { Mark } from '../processes/watch.ts';
import { type Amount, scenarios } from '../scenarios/index.ts';
import type { WorkWindow } from './activity.ts';
import { commitOf } from './commit.ts';
import type { Growth } from './counters.ts';
import type { Latencies } from './latencies.ts';
import { keptThePromise, Ledger } from './ledger.ts';
import type { LoadResult, PhaseResult, PhaseUsage } from './load-result.ts';
import { thisMachine } from './machine.ts';
import { checkRequirements } from './requirements.ts';
import type { ServerFigures } from './server-figures.ts';

/** What the workers brought, and the marks of the run. */
interface Finished {
  readonly run: CoordinatedRun;
  readonly marks: readonly Mark[];
  readonly growth: readonly Growth[];
  readonly interrupted: boolean;
  readonly latencies: Latencies;
}

/** Combines the workers' results. */
export function toLoadResult(about: RunDescription, finished: Finished): LoadResult {
  const { run, marks, growth, interrupted, latencies } = finished;
  const ledger = new Ledger();
  for (const result of run.results) ledger.merge(result.tally);
  const windows = run.results.map(({ window }) => window);
  const fromMs = Math.min(...windows.map((window) => window.fromMs));
  return {
    ...described(about, run.results.length),
    ...figures(about, {
      done: sum(windows.map((window) => window.done)),
      seconds: (Math.max(...windows.map((window) => window.untilMs)) - fromMs) / 1000,
      tally: ledger.tally(),
      latencies: latencies.summaries(),
    }),
    running: false,
    interrupted,
    generator: {
      commit: commitOf(import.meta.dirname),
      cpuSeconds: Math.max(...run.results.map(({ own }) => own.cpuSeconds)),
      busyPercent: Math.max(...windows.map(busyPercent)),
      maxRssBytes: Math.max(...run.results.map(({ own }) => own.maxRssBytes)),
    },
    traffic: {
      sentBytes: sum(run.results.map(({ traffic }) => traffic.sentBytes)),
      receivedBytes: sum(run.results.map(({ traffic }) => traffic.receivedBytes)),
    },
    phases: phaseResults(run.phases),
    timeline: run.timeline,
    marks,
    growth,
  };
}

/** Samples in the charts of a run that is not over: five minutes. */
const samplesSoFar = 1_200;

/** A run that is not over, as far as it has come. What is told only at the end is zero. */
export function resultSoFar(about: RunDescription, soFar: SoFar, marks: readonly Mark[]): LoadResult {
  const { watch, phases, timeline } = soFar;
  const worked = timeline.filter(({ done }) => done > 0);
  const [first, last] = [worked[0], worked.at(-1)];
  return {
    ...described(about, about.processes),
    ...figures(about, {
      done: last?.done ?? 0,
      seconds: first && last ? (last.atMs - first.atMs) / 1000 : 0,
      tally: { counts: watch.counts(), faults: { lost: [], duplicated: [], givenAgain: [], failed: [] } },
      latencies: watch.latencies.summaries(),
    }),
    running: true,
    interrupted: false,
    generator: { commit: null, cpuSeconds: 0, busyPercent: 0, maxRssBytes: 0 },
    traffic: { sentBytes: 0, receivedBytes: 0 },
    phases: phaseResults(phases),
    timeline: timeline.slice(-samplesSoFar),
    marks,
    growth: [],
  };
}

/** The facts of the run that do not depend on its results. */
export interface RunDescription {
  readonly options: LoadOptions;
  readonly target: string;
  readonly startedAt: Date;
  readonly processes: number;
}

function described({ options, target, startedAt }: RunDescription, processes: number) {
  const { clients, connections, rate, thinkMs, approve, metricsUrls } = options;
  const takes: readonly Amount[] = scenarios[options.scenario].takes;
  return {
    scenario: options.scenario,
    startedAt: startedAt.toISOString(),
    endedAt: new Date().toISOString(),
    command: options.command,
    target,
    options: {
      ...(takes.includes('clients') ? { clients } : {}),
      connections,
      ...(takes.includes('rate') ? { rate } : {}),
      ...(takes.includes('seconds') ? { seconds: options.seconds } : {}),
      ...(takes.includes('ramp') ? { rampSeconds: options.rampSeconds } : {}),
      ...(takes.includes('think') ? { thinkMs } : {}),
      processes,
      approve,
      ...(metricsUrls.length > 0 ? { metrics: metricsUrls.join(' ') } : {}),
      ...(options.addresses.length > 0 ? { addresses: options.addresses.join(' ') } : {}),
      ...(options.machines === null
        ? {}
        : { machines: options.machines.addresses.map(({ host, port }) => `${host}:${port}`).join(' ') }),
      ...(options.faults.length > 0 ? { faults: options.faults.map(({ text }) => text).join('; ') } : {}),
      // Unknown for other deployments.
      ...(options.url === null ? options.stack : {}),
    },
    machine: thisMachine(),
    unit: scenarios[options.scenario].unit,
  };
}

type Figures = Pick<LoadResult, 'done' | 'seconds' | 'tally' | 'latencies'>;

function figures({ options }: RunDescription, { done, seconds, tally, latencies }: Figures) {
  const perSecond = seconds > 0 ? done / seconds : 0;
  return {
    kept: keptThePromise(tally, options.faults.length > 0 ? 'faults' : 'no faults'),
    requirements: checkRequirements(options.requirements, { perSecond, tally, latencies }),
    done,
    seconds,
    perSecond,
    tally,
    latencies,
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
    // A process that was started again counts from zero.
    cpuPercent: seconds > 0 ? Math.max(0, (100 * (server.cpuSeconds - then.cpuSeconds)) / seconds) : 0,
  };
}
