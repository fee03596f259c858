import { nowMs } from '../measuring/now.ts';
import { readAll, type ServerFigures, type ServerGauge } from '../measuring/server-figures.ts';
import type { Job, WorkerResult } from './messages.ts';
import { type Mark, type TimelineSample, Watch } from './watch.ts';
import { LoadWorker, type OpenLink } from './load-worker.ts';

/** The end of a phase for all workers, with the servers' resources until then. */
export interface Phase {
  readonly name: string;
  readonly atMs: number;
  readonly servers: readonly ServerFigures[];
}

export interface CoordinatedRun {
  readonly results: readonly WorkerResult[];
  readonly phases: readonly Phase[];
  readonly timeline: readonly TimelineSample[];
  /** Times in which the load generator stood still. */
  readonly pauses: readonly Mark[];
}

/** A run that is not over. */
export interface SoFar {
  readonly watch: Watch;
  readonly phases: readonly Phase[];
  readonly timeline: readonly TimelineSample[];
}

/** The gauges and listeners of a run. */
export interface Watching {
  readonly gauges: readonly ServerGauge[];
  /** Read between the phases, in place of `gauges`. */
  readonly phaseGauges?: readonly ServerGauge[];
  /** Gets each sample, and everything so far. */
  readonly onSample: (sample: TimelineSample, soFar: SoFar) => void;
  /** Called when all workers have reached a phase, before they go on. */
  readonly onPhase: (name: string) => void;
  readonly stopping: AbortSignal;
}

const sampleMs = 250;

/** A worker's task, and where it runs. */
export interface PlacedJob {
  readonly job: Job;
  readonly open: OpenLink;
}

/** Runs one worker per job, from phase to phase, and watches them and the servers. */
export async function coordinate(jobs: readonly PlacedJob[], watching: Watching): Promise<CoordinatedRun> {
  const watch = new Watch();
  const workers = jobs.map(
    ({ open }, index) => new LoadWorker(open, (progress) => watch.take(index, progress)),
  );
  const stop = () => workers.forEach((worker) => worker.stop());
  watching.stopping.addEventListener('abort', stop);
  const timeline: TimelineSample[] = [];
  const phases: Phase[] = [];
  let isOver = false;
  const sampling = setInterval(() => {
    void readAll(watching.gauges).then((servers) => {
      // A gauge may take longer than the rest of the run.
      if (isOver) return;
      const sample = watch.sample(servers);
      timeline.push(sample);
      watching.onSample(sample, { watch, phases, timeline });
    });
  }, sampleMs);
  try {
    workers.forEach((worker, index) => {
      const placed = jobs[index];
      if (placed) worker.begin(placed.job);
    });
    // Ctrl-C may have come while the deployment was being prepared.
    if (watching.stopping.aborted) stop();
    await walkThroughPhases(workers, watching, phases);
    const results = await Promise.all(workers.map((worker) => worker.result));
    // A last sample, so that the plots end with the run.
    timeline.push(watch.sample(await readAll(watching.gauges)));
    return { results, phases, timeline, pauses: watch.pauses };
  } finally {
    isOver = true;
    clearInterval(sampling);
    watching.stopping.removeEventListener('abort', stop);
    for (const worker of workers) worker.end();
  }
}

/** Lets the workers go from phase to phase together, and notes each in `phases`. */
async function walkThroughPhases(
  workers: readonly LoadWorker[],
  { gauges, phaseGauges = gauges, onPhase }: Watching,
  phases: Phase[],
): Promise<void> {
  for (;;) {
    const [name] = await Promise.all(workers.map((worker) => worker.reached));
    if (name === undefined || name === null) return;
    phases.push({ name, atMs: nowMs(), servers: await readAll(phaseGauges) });
    onPhase(name);
    for (const worker of workers) worker.goOn();
  }
}
