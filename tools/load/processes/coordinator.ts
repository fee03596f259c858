import type { ActivitySample } from '../measuring/activity.ts';
import { nowMs } from '../measuring/now.ts';
import { readAll, type ServerFigures, type ServerGauge } from '../measuring/server-figures.ts';
import type { Job, WorkerResult } from './messages.ts';
import { WorkerProcess } from './worker-process.ts';

/** The end of a phase for all workers, with the servers' resources until then. */
export interface Phase {
  readonly name: string;
  readonly atMs: number;
  readonly servers: readonly ServerFigures[];
}

/** A sample of the whole run. */
export interface TimelineSample extends ActivitySample {
  readonly servers: readonly ServerFigures[];
}

/** The results of all workers. */
export interface CoordinatedRun {
  readonly results: readonly WorkerResult[];
  readonly phases: readonly Phase[];
  readonly timeline: readonly TimelineSample[];
}

/** The gauges and listeners of a run. */
export interface Watching {
  readonly gauges: readonly ServerGauge[];
  /** Read between the phases, in place of `gauges`. */
  readonly phaseGauges?: readonly ServerGauge[];
  readonly onSample: (sample: TimelineSample) => void;
  readonly stopping: AbortSignal;
}

const sampleMs = 250;

/** Runs one worker process per job, from phase to phase, and watches them and the servers. */
export async function coordinate(jobs: readonly Job[], watching: Watching): Promise<CoordinatedRun> {
  const workers = jobs.map(() => new WorkerProcess());
  const stop = () => workers.forEach((worker) => worker.stop());
  watching.stopping.addEventListener('abort', stop);
  const timeline: TimelineSample[] = [];
  const sampling = setInterval(() => {
    void sampleNow(workers, watching.gauges).then((sample) => {
      timeline.push(sample);
      watching.onSample(sample);
    });
  }, sampleMs);
  try {
    workers.forEach((worker, index) => {
      const job = jobs[index];
      if (job) worker.begin(job);
    });
    const phases = await walkThroughPhases(workers, watching.phaseGauges ?? watching.gauges);
    const results = await Promise.all(workers.map((worker) => worker.result));
    // A last sample, so that the plots end with the run.
    timeline.push(await sampleNow(workers, watching.gauges));
    return { results, phases, timeline };
  } finally {
    clearInterval(sampling);
    watching.stopping.removeEventListener('abort', stop);
    for (const worker of workers) worker.end();
  }
}

async function walkThroughPhases(
  workers: readonly WorkerProcess[],
  gauges: readonly ServerGauge[],
): Promise<Phase[]> {
  const phases: Phase[] = [];
  for (;;) {
    const [name] = await Promise.all(workers.map((worker) => worker.reached));
    if (name === undefined || name === null) return phases;
    phases.push({ name, atMs: nowMs(), servers: await readAll(gauges) });
    for (const worker of workers) worker.goOn();
  }
}

async function sampleNow(
  workers: readonly WorkerProcess[],
  gauges: readonly ServerGauge[],
): Promise<TimelineSample> {
  const sum = (pick: (sample: ActivitySample) => number) =>
    workers.reduce((total, { sample }) => total + pick(sample), 0);
  return {
    atMs: nowMs(),
    waiting: sum((sample) => sample.waiting),
    done: sum((sample) => sample.done),
    servers: await readAll(gauges),
  };
}
