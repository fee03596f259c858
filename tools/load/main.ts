/**
 * Loads a deployment with device logins and reports the results: `npm run load -- --help`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDeployment } from './deployment.ts';
import { helpText } from './help.ts';
import { LoadError } from './load-error.ts';
import { type LoadOptions, parseOptions } from './options.ts';
import { openFolder } from './out-folder.ts';
import { serve } from './machines/serve.ts';
import { LivePage } from './live/live-page.ts';
import { TerminalView } from './live/terminal-view.ts';
import { readEarlier } from './report/comparison.ts';
import { htmlReport } from './report/html-report.ts';
import { exitCode, type LoadResult } from './measuring/load-result.ts';
import { mergedText, mergeRuns } from './report/merged-runs.ts';
import { textSummary } from './report/text-summary.ts';
import { type LoadOutcome, runLoad } from './run-load.ts';
import { scenarios } from './scenarios/index.ts';

const stopping = new AbortController();

// The terminal is gone: exit through "exit", which ends the servers too.
process.once('SIGHUP', () => process.exit(129));

/** The first signal ends the load and accounts for the logins in progress; another one, a second later, ends everything. */
function stop(): void {
  if (stopping.signal.aborted) return;
  stopping.abort();
  setTimeout(() => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
  }, 1_000).unref();
  console.error('\nStopping: what was approved is accounted for first. Once more to leave at once.');
}

/** Runs the requested scenario. Resolves to the exit code. */
async function main(options: LoadOptions): Promise<number> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  openFolder(options.outDir);
  const earlier = options.against === null ? null : readEarlier(options.against, options.scenario);
  const live = options.livePort === null ? null : await LivePage.open(options.livePort, earlier);
  if (live) console.error(`Live    ${live.url}`);
  let result: LoadResult | null = null;
  try {
    const outcome = await runOnDeployment(options, live);
    result = outcome.result;
    console.log(textSummary(result, earlier));
    writeReports(options, outcome, earlier);
    for (const failure of outcome.faultFailures) console.error(`--fault ${failure}`);
    return exitCode(result, outcome.faultFailures);
  } finally {
    await live?.end(result);
  }
}

async function runOnDeployment(options: LoadOptions, live: LivePage | null): Promise<LoadOutcome> {
  const deployment = await openDeployment(options);
  const terminal = new TerminalView(scenarios[options.scenario].unit, process.stderr);
  try {
    return await runLoad(
      options,
      deployment,
      (sample, soFar) => {
        terminal.show(sample);
        live?.show(soFar);
      },
      stopping.signal,
    );
  } finally {
    terminal.end();
    await deployment.close();
  }
}

/** Writes the result as JSON, the report, and the latencies as a HdrHistogram log, and says where. */
function writeReports(
  { scenario, outDir }: LoadOptions,
  { result, latencyLog }: LoadOutcome,
  earlier: LoadResult | null,
): void {
  const file = join(outDir, `${scenario}-${result.startedAt.replace(/[:.]/g, '-')}`);
  writeFileSync(`${file}.json`, `${JSON.stringify(result, null, 1)}\n`);
  writeFileSync(`${file}.html`, htmlReport(result, earlier));
  writeFileSync(`${file}.hlog`, latencyLog);
  console.log(`\nResult  ${file}.json\nReport  ${file}.html\nLatencies  ${file}.hlog (HdrHistogram log)`);
}

try {
  const [first, ...rest] = process.argv.slice(2);
  if (first === 'merge') console.log(mergedText(mergeRuns(rest)));
  else if (first === 'serve') await serve(rest, process.env['LOAD_KEY']);
  else {
    const { LOAD_PASSWORD: password, LOAD_KEY: loadKey } = process.env;
    const options = parseOptions(process.argv.slice(2), password, loadKey);
    if (options === null) process.stdout.write(helpText());
    else process.exitCode = await main(options);
  }
} catch (error) {
  console.error(error instanceof LoadError ? error.message : error);
  process.exitCode = 2;
}
