import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { types } from 'node:util';
import { LoadError } from '../load-error.ts';
import { readLatencyLog } from '../measuring/latency-log.ts';
import { Latencies, type LatencySummary } from '../measuring/latencies.ts';
import type { Count } from '../measuring/ledger.ts';
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
  const twice = files.find((file, index) =>
    files.slice(0, index).some((other) => resolve(other) === resolve(file)),
  );
  if (twice !== undefined) throw new LoadError(`merge: ${twice} is named twice.`);
  const runs = files.map((file) => readResult('merge', file));
  const [first] = runs;
  const other = runs.find(({ scenario }) => scenario !== first?.scenario);
  if (first && other) {
    throw new LoadError(`merge: "${first.scenario}" and "${other.scenario}" are no runs of one scenario.`);
  }
  const latencies = new Latencies();
  for (const [index, file] of files.entries()) latencies.merge(logBeside(file, runs[index]).encode());
  const begins = runs.map(({ startedAt }) => Date.parse(startedAt));
  const ends = runs.map(({ endedAt }) => Date.parse(endedAt));
  const allMs = Math.max(0, Math.min(...ends) - Math.max(...begins));
  const anyMs = Math.max(...ends) - Math.min(...begins);
  return { runs, latencies: latencies.summaries(), together: anyMs > 0 ? allMs / anyMs : 0 };
}

export function mergedText({ runs, latencies, together }: MergedRuns): string {
  const sum = (pick: (run: LoadResult) => number) => runs.reduce((total, run) => total + pick(run), 0);
  const count = (name: Count) => whole(sum(({ tally }) => tally.counts[name]));
  const givenAgain = sum(({ tally }) => tally.counts.givenAgain);
  const broken = runs.filter(({ kept }) => !kept).length;
  const stopped = runs.filter(({ interrupted }) => interrupted).length;
  return [
    `${runs[0]?.scenario ?? ''} from ${runs.length} machines`,
    `${whole(sum(({ done }) => done))} ${runs[0]?.unit ?? ''}, ${whole(sum(({ perSecond }) => perSecond))} a second together.`,
    ...(together < mostlyTogether
      ? [
          `They went on together for only ${Math.round(100 * together)} % of the time: THEIR PACES SHOULD NOT BE ADDED.`,
        ]
      : []),
    ...(stopped > 0 ? [`Stopped before their time: ${stopped} of them.`] : []),
    `logins lost ${count('lost')}, logins doubled ${count('duplicated')}, ${givenAgain > 0 ? `given again ${whole(givenAgain)}, ` : ''}failures ${count('failed')}`,
    ...(broken > 0 ? [`LOGINS WERE LOST OR DOUBLED in ${broken} of them.`] : []),
    '',
    latencyTable(latencies),
  ].join('\n');
}

/** The latencies of a run. A log that is cut off, or of another run, would tell of fewer. */
function logBeside(file: string, run: LoadResult | undefined): Latencies {
  const log = file.replace(/\.json$/, '.hlog');
  const text = readText(log);
  let latencies: Latencies;
  try {
    latencies = readLatencyLog(text);
  } catch {
    throw new LoadError(`merge: ${log} is no log of latencies of a run.`);
  }
  const logged = latencies.summaries();
  const differs = Object.entries(run?.latencies ?? {}).some(
    ([name, { count }]) => logged[name]?.count !== count,
  );
  if (differs) throw new LoadError(`merge: ${log} is not the whole log of ${file}.`);
  return latencies;
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
