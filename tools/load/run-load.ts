import { randomInt } from 'node:crypto';
import { openSession, type Session } from './client/session.ts';
import { networkOf } from './client/source-addresses.ts';
import { atAddress, parseTarget, takesLoopbackSources } from './client/target.ts';
import type { FaultTarget } from './faults/fault.ts';
import { FaultSchedule } from './faults/fault-schedule.ts';
import { type Counted, growthOf, readCounters } from './measuring/counters.ts';
import { Latencies } from './measuring/latencies.ts';
import { writeLatencyLog } from './measuring/latency-log.ts';
import type { LoadResult } from './measuring/load-result.ts';
import { resultSoFar, type RunDescription, toLoadResult } from './measuring/make-result.ts';
import type { ServerGauge } from './measuring/server-figures.ts';
import type { LoadOptions } from './options.ts';
import { openPlaces } from './machines/worker-places.ts';
import { coordinate, type CoordinatedRun, type PlacedJob } from './processes/coordinator.ts';
import type { OpenLink } from './processes/load-worker.ts';
import type { Job } from './processes/messages.ts';
import { splitShare } from './processes/shares.ts';
import type { TimelineSample } from './processes/watch.ts';

/** The deployment under load, and its gauges. */
export interface Deployment {
  readonly urls: readonly [string, ...string[]];
  /** Another target for starts and approvals, so that the measured servers only hold waits. */
  readonly callUrls?: readonly [string, ...string[]];
  /** The approvers, used in turn; by default one account, new or from the options. */
  readonly sessions?: readonly Session[];
  readonly gauges: readonly ServerGauge[];
  /** Read between the phases, instead of `gauges`: these may be slow but exact. */
  readonly phaseGauges?: readonly ServerGauge[];
  /** The processes whose counters are told: what they grew by in the run. */
  readonly counted?: readonly Counted[];
  /** What faults can hit. */
  readonly faultTargets?: readonly FaultTarget[];
}

/** Gets each sample, and what can be said of the run so far. */
type OnSample = (sample: TimelineSample, resultSoFar: () => LoadResult) => void;

/** What came out of a run. */
export interface LoadOutcome {
  readonly result: LoadResult;
  /** The latencies as a HdrHistogram log. */
  readonly latencyLog: string;
  /** Faults that could not be done, a sentence for each. */
  readonly faultFailures: readonly string[];
}

/** Runs a scenario against a deployment. Throws LoadError if it cannot start. */
export async function runLoad(
  options: LoadOptions,
  deployment: Deployment,
  onSample: OnSample,
  stopping: AbortSignal,
): Promise<LoadOutcome> {
  const [url] = deployment.urls;
  const target = atAddress(parseTarget(url), options.addresses[0] ?? parseTarget(url).host);
  const sessions = options.approve
    ? (deployment.sessions ?? [await openSession(deployment.callUrls?.[0] ?? url, options.account)])
    : [];
  const places = await openPlaces(options);
  try {
    const jobs = jobsOf(options, deployment, sessions, takesLoopbackSources(target), places.links);
    const about = {
      options,
      target: deployment.urls.join(', '),
      startedAt: new Date(),
      processes: jobs.length,
    };
    return await watchedRun(jobs, deployment, about, onSample, stopping);
  } finally {
    places.close();
  }
}

/** Each worker's part of the run. */
function jobsOf(
  options: LoadOptions,
  deployment: Deployment,
  sessions: readonly Session[],
  onLoopback: boolean,
  links: readonly OpenLink[],
): PlacedJob[] {
  const { clients, connections, rate, seconds, rampSeconds, thinkMs } = options;
  const run = randomInt(65_536);
  const shares = splitShare({ clients, connections, rate, seconds, rampSeconds, thinkMs }, links.length);
  const jobs = shares.map((share, index): Job => ({
    scenario: options.scenario,
    waitUrls: deployment.urls,
    callUrls: deployment.callUrls ?? deployment.urls,
    addresses: options.addresses,
    share,
    sessions,
    network: onLoopback ? networkOf(run, index) : null,
  }));
  return links.flatMap((open, index) => {
    const job = jobs[index];
    return job ? [{ job, open }] : [];
  });
}

async function watchedRun(
  jobs: readonly PlacedJob[],
  deployment: Deployment,
  about: RunDescription,
  onSample: OnSample,
  stopping: AbortSignal,
): Promise<LoadOutcome> {
  const faults = new FaultSchedule(about.options.faults, deployment.faultTargets ?? []);
  const before = await readCounters(deployment.counted ?? []);
  let run: CoordinatedRun;
  try {
    run = await coordinate(jobs, {
      ...deployment,
      onSample: (sample, soFar) =>
        onSample(sample, () => resultSoFar(about, soFar, [...faults.marks, ...soFar.watch.pauses])),
      onPhase: () => faults.begin(),
      stopping,
    });
  } finally {
    await faults.end();
  }
  const growth = growthOf(before, await readCounters(deployment.counted ?? []));
  const latencies = new Latencies();
  for (const part of run.results) latencies.merge(part.latencies);
  const marks = [...faults.marks, ...run.pauses].toSorted((a, b) => a.atMs - b.atMs);
  const result = toLoadResult(about, { run, marks, growth, interrupted: stopping.aborted, latencies });
  const latencyLog = writeLatencyLog(latencies, about.startedAt.getTime(), Date.parse(result.endedAt));
  return { result, latencyLog, faultFailures: faults.failures };
}
