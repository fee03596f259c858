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
import { ProgressLine } from './progress-line.ts';
import { readEarlier } from './report/comparison.ts';
import { htmlReport } from './report/html-report.ts';
import { tooManyFailed } from './measuring/load-result.ts';
import { textSummary } from './report/text-summary.ts';
import { runLoad } from './run-load.ts';
import { scenarios } from './scenarios/index.ts';

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);

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
  openFolder(options.outDir);
  const earlier = options.against === null ? null : readEarlier(options.against, options.scenario);
  const deployment = await openDeployment(options);
  const progress = new ProgressLine(scenarios[options.scenario].unit, process.stderr);
  try {
    const result = await runLoad(options, deployment, (sample) => progress.show(sample), stopping.signal);
    progress.end();
    console.log(textSummary(result, earlier));
    const file = join(options.outDir, `${options.scenario}-${result.startedAt.replace(/[:.]/g, '-')}`);
    writeFileSync(`${file}.json`, `${JSON.stringify(result, null, 1)}\n`);
    writeFileSync(`${file}.html`, htmlReport(result, earlier));
    console.log(`\nResult  ${file}.json\nReport  ${file}.html`);
    if (!result.kept) return 1;
    if (tooManyFailed(result)) return 2;
    return result.requirements.every(({ met }) => met) ? 0 : 3;
  } finally {
    await deployment.close();
  }
}

try {
  const options = parseOptions(process.argv.slice(2), process.env['LOAD_PASSWORD']);
  if (options === null) process.stdout.write(helpText());
  else process.exitCode = await main(options);
} catch (error) {
  console.error(error instanceof LoadError ? error.message : error);
  process.exitCode = 2;
}
