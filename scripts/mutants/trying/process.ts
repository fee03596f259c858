/**
 * Runs test files again and again in one process, each time with another break: without jest's start, without a new process for each
 * service, and without compiling again what a break does not touch.
 *
 *     fork('process.ts')     then questions and answers as in messages.ts, one at a time
 */
import { Redis } from 'ioredis';
import { Coverage } from './coverage.ts';
import { ImportGraph } from './import-graph.ts';
import {
  type Answer,
  type Notice,
  type Question,
  questionSchema,
  type Surveyed,
  type Tried,
} from './messages.ts';
import { Modules } from './modules.ts';
import { ScriptsRun } from './scripts-run.ts';
import { hostServices } from './service-host.ts';
import { defineTestGlobals, runTestFile } from './test-runner.ts';

/** How long a test may take without a break, and how much longer than usual with one. */
const surveyTimeoutMs = 15_000;
const patience = { times: 5, plusMs: 5_000 };

/** What a test says that waited in vain: on a busy machine it may do so without any break. */
const isLate = /Exceeded timeout|did not start|It never happened/;

const modules = new Modules(ImportGraph.read());
defineTestGlobals();
hostServices(modules);
// Only now: it imports what stands in for modules of the tests.
const { endSharedDeployment } = await import('./deployment-here.ts');
// What a broken module leaves behind shall not end the process: the next one is tried in it.
process.on('unhandledRejection', () => undefined);
process.on('uncaughtException', () => undefined);

let coverage: Coverage | null = null;
let scriptsRun: ScriptsRun | null = null;

async function survey({ tests: file, places, scripts }: Question & { kind: 'survey' }): Promise<Surveyed> {
  await forgetScripts();
  scriptsRun ??= new ScriptsRun(scripts);
  coverage ??= new Coverage(places, (url) => modules.fileOfThisRound(url));
  const take = () => [...(coverage?.take() ?? []), ...(scriptsRun?.take() ?? [])];
  modules.renewAll();
  take();
  const around = new Set<string>();
  const found: Surveyed['tests'] = [];
  const noteAround = () => take().forEach((each) => around.add(each));
  await runTestFile(() => modules.importTests(file), {
    wants: () => true,
    timeoutMs: () => surveyTimeoutMs,
    stopAtFailure: false,
    onTestBegin: noteAround,
    onTest: (test) => found.push({ ...test, runs: [...take()] }),
  });
  await endSharedDeployment();
  noteAround();
  return { kind: 'surveyed', tests: found, around: [...around] };
}

async function tryBreak({ file, source, tests }: Question & { kind: 'try' }): Promise<Tried> {
  if (!modules.breakFile({ file, source })) return { kind: 'tried', noticedBy: null, isDoubtful: false };
  let noticedBy: Notice | null = null;
  let isDoubtful = false;
  for (const { file: testFile, usualMs } of tests) {
    const run = (wants: (name: string) => boolean) =>
      runTestFile(() => modules.importTests(testFile), {
        wants,
        timeoutMs: (name) => (usualMs[name] ?? 1_000) * patience.times + patience.plusMs,
        stopAtFailure: true,
      });
    const met = new Set<string>();
    try {
      const ran = await run((name) => met.add(name) && name in usualMs);
      // A title may tell what is broken, such as a number: then its test has another one.
      const isMet = Object.keys(usualMs).every((name) => met.has(name));
      const others = isMet ? [] : await run((name) => !(name in usualMs));
      const failed = [...ran, ...others].find(({ error }) => error !== null);
      if (failed) noticedBy = { file: testFile, test: failed.name, error: failed.error ?? '' };
      isDoubtful = isLate.test(failed?.error ?? '');
    } catch (error) {
      noticedBy = { file: testFile, test: '', error: String(error).slice(0, 500) };
    }
    if (noticedBy !== null) break;
  }
  await endSharedDeployment();
  return { kind: 'tried', noticedBy, isDoubtful };
}

/** Redis learns scripts anew, so that their sources are seen. */
async function forgetScripts(): Promise<void> {
  const client = new Redis(process.env['REDIS_URL'] ?? '');
  await client.script('FLUSH');
  client.disconnect();
}

function answer(question: Question): Promise<Answer> {
  return question.kind === 'survey' ? survey(question) : tryBreak(question);
}

process.on('message', (message) => {
  void answer(questionSchema.parse(message)).then((said) => process.send?.(said));
});
process.once('disconnect', () => process.kill(-process.pid, 'SIGKILL'));
