import { readFileSync } from 'node:fs';
import { types } from 'node:util';
import { LoadError } from '../load-error.ts';
import type { LoadResult } from '../measuring/load-result.ts';
import type { ScenarioName } from '../scenarios/index.ts';
import { milliseconds, whole } from './numbers.ts';

/** A figure of two runs. */
export interface Difference {
  readonly figure: string;
  readonly earlier: string;
  readonly now: string;
  /** In hundredths of the earlier one, with its sign; empty where one of them was not measured, or the earlier one was nothing. */
  readonly change: string;
}

/** The two percentiles that are compared: the usual one, and the slow end. */
const compared = ['p50', 'p99'] as const;

/** Reads the result of an earlier run of the scenario. Throws LoadError with a sentence when there is none in the file. */
export function readEarlier(file: string, scenario: ScenarioName): LoadResult {
  const earlier = readResult('--against', file);
  if (earlier.scenario !== scenario) {
    throw new LoadError(`--against: ${file} is of "${earlier.scenario}", and this run is "${scenario}".`);
  }
  return earlier;
}

/** Reads the result of a run; `by` names who asks. Throws LoadError with a sentence when there is none in the file. */
export function readResult(by: string, file: string): LoadResult {
  let result: unknown;
  try {
    result = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new LoadError(
      `${by}: ${file} cannot be read: ${types.isNativeError(error) ? error.message : 'it is no JSON'}.`,
    );
  }
  if (!isResult(result))
    throw new LoadError(`${by}: ${file} is no result of a run. It is the .json beside its report.`);
  return result;
}

/** What became of each figure. One run each: differences of some percent are noise. */
export function differences(earlier: LoadResult, now: LoadResult): readonly Difference[] {
  const pace = difference(`${now.unit} a second`, whole, earlier.perSecond, now.perSecond);
  const names = [...new Set([...Object.keys(earlier.latencies), ...Object.keys(now.latencies)])];
  const latencies = names.flatMap((name) =>
    compared.map((percentile) =>
      difference(
        `${name}, ${percentile}`,
        milliseconds,
        earlier.latencies[name]?.[percentile],
        now.latencies[name]?.[percentile],
      ),
    ),
  );
  return [pace, ...latencies];
}

/** The options that differ, so that nobody compares what is not alike; empty for none. */
export function otherOptions(earlier: LoadResult, now: LoadResult): string {
  const names = [...new Set([...Object.keys(earlier.options), ...Object.keys(now.options)])];
  return names
    .filter((name) => earlier.options[name] !== now.options[name])
    .map(
      (name) =>
        `${name} ${String(earlier.options[name] ?? 'none')}, now ${String(now.options[name] ?? 'none')}`,
    )
    .join('; ');
}

function difference(
  figure: string,
  written: (value: number) => string,
  earlier: number | undefined,
  now: number | undefined,
): Difference {
  const told = (value: number | undefined) => (value === undefined ? 'not measured' : written(value));
  return { figure, earlier: told(earlier), now: told(now), change: changeOf(earlier, now) };
}

/** Empty where there is nothing to compare with: of nothing, there are no hundredths. */
function changeOf(earlier: number | undefined, now: number | undefined): string {
  if (earlier === undefined || now === undefined || earlier === 0) return '';
  const percent = (100 * (now - earlier)) / earlier;
  return `${percent < 0 ? '' : '+'}${percent.toFixed(1)} %`;
}

function isResult(value: unknown): value is LoadResult {
  return (
    typeof value === 'object' &&
    value !== null &&
    'scenario' in value &&
    'perSecond' in value &&
    typeof value.perSecond === 'number' &&
    'latencies' in value &&
    typeof value.latencies === 'object' &&
    'options' in value &&
    typeof value.options === 'object'
  );
}
