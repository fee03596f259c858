import { readFileSync } from 'node:fs';
import { types } from 'node:util';
import { LoadError } from '../load-error.ts';
import { readLatencyLog } from '../measuring/latency-log.ts';
import { Latencies, type LatencySummary } from '../measuring/latencies.ts';
import type { LoadResult } from '../measuring/load-result.ts';
import { readResult } from './comparison.ts';
import { latencyTable } from './latency-table.ts';
import { whole } from './numbers.ts';

/** Runs of one scenario that several machines made at the same time, as one. */
export interface MergedRuns {
  readonly runs: readonly LoadResult[];
  readonly latencies: Readonly<Record<string, LatencySummary>>;
  /** The part of the time from the first one's begin to the last one's end in which all went on. */
  readonly together: number;
}

/** From this share on, the runs count as made at the same time. */
const mostlyTogether = 0.9;

/** Reads results (.json), each with its latencies (.hlog) beside it. Throws LoadError with a sentence. */
export function mergeRuns(files: readonly string[]): MergedRuns {
  if (files.length < 2) throw new LoadError('merge: name the .json of two runs or more.');
  const runs = files.map((file) => readResult('merge', file));
  const [first] = runs;
  const other = runs.find(({ scenario }) => scenario !== first?.scenario);
  if (first && other) {
    throw new LoadError(`merge: "${first.scenario}" and "${other.scenario}" are no runs of one scenario.`);
  }
  const latencies = new Latencies();
  for (const file of files) latencies.merge(logBeside(file).encode());
  const begins = runs.map(({ startedAt }) => Date.parse(startedAt));
  const ends = runs.map(({ endedAt }) => Date.parse(endedAt));
  const allMs = Math.max(0, Math.min(...ends) - Math.max(...begins));
  const anyMs = Math.max(...ends) - Math.min(...begins);
  return { runs, latencies: latencies.summaries(), together: anyMs > 0 ? allMs / anyMs : 0 };
}

export function mergedText({ runs, latencies, together }: MergedRuns): string {
  const sum = (pick: (run: LoadResult) => number) => runs.reduce((total, run) => total + pick(run), 0);
  const { lost, duplicated, failed } = {
    lost: sum(({ tally }) => tally.counts.lost),
    duplicated: sum(({ tally }) => tally.counts.duplicated),
    failed: sum(({ tally }) => tally.counts.failed),
  };
  return [
    `${runs[0]?.scenario ?? ''} from ${runs.length} machines`,
    `${whole(sum(({ done }) => done))} ${runs[0]?.unit ?? ''}, ${whole(sum(({ perSecond }) => perSecond))} a second together.`,
    ...(together < mostlyTogether
      ? [
          `They went on together for only ${Math.round(100 * together)} % of the time: THEIR PACES SHOULD NOT BE ADDED.`,
        ]
      : []),
    `logins lost ${whole(lost)}, logins doubled ${whole(duplicated)}, failures ${whole(failed)}`,
    '',
    latencyTable(latencies),
  ].join('\n');
}

function logBeside(file: string): Latencies {
  const log = file.replace(/\.json$/, '.hlog');
  const text = readText(log);
  try {
    return readLatencyLog(text);
  } catch {
    throw new LoadError(`merge: ${log} is no log of latencies of a run.`);
  }
}

function readText(log: string): string {
  try {
    return readFileSync(log, 'utf8');
  } catch (error) {
    throw new LoadError(
      `merge: ${log} cannot be read: ${types.isNativeError(error) ? error.message : 'unknown reason'}.`,
    );
  }
}
