import { parseOptions } from '../load/options.ts';
import type { LoadResult } from '../load/measuring/load-result.ts';
import { type Deployment, runLoad } from '../load/run-load.ts';

/** Runs a scenario of the load generator against a server of the benchmark. Throws if a login was lost or doubled. */
export async function drive(deployment: Deployment, ...args: readonly string[]): Promise<LoadResult> {
  const options = parseOptions([...args, '--url', deployment.urls[0], '--approve'], undefined);
  if (options === null) throw new Error(`No scenario: ${args.join(' ')}`);
  const { result } = await runLoad(options, deployment, () => undefined, new AbortController().signal);
  const { lost, duplicated, givenAgain, failed } = result.tally.counts;
  if (lost + duplicated + givenAgain + failed > 0) {
    throw new Error(
      `${lost} lost, ${duplicated} doubled, ${givenAgain} given again, ${failed} failed: ${JSON.stringify(result.tally.faults).slice(0, 500)}`,
    );
  }
  return result;
}
