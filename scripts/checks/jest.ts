import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../setup/commands.mjs';
import { root } from '../setup/root.mjs';
import { runTool } from './run-tool.ts';
import { missingRelease } from './previous-release.ts';
import type { StepCounts } from './step.ts';

/** Suites that need more than Node and Redis: they run only if named. */
const projectsOnDemand = [
  { project: 'docker', needs: 'a Docker engine', command: 'npm run test:docker' },
  { project: 'browser', needs: 'Chromium', command: 'npm run test:browser' },
  { project: 'compat-others', needs: 'other clients, of npm and Debian', command: 'npm run test:compat' },
];

/** One line for each part of the tests that a run without arguments leaves out. */
export function leftOut(): readonly string[] {
  const suites = projectsOnDemand.map(
    ({ project, needs, command }) => `${project}, which needs ${needs}: ${command}`,
  );
  const release = missingRelease();
  const slow = 'cases that take minutes: RAVI_SLOW_TESTS=1 npm test';
  const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
  const hasCaddy = findProgram('caddy') !== null;
  const rules = "the alert rules' courses, which need promtool (Debian's prometheus)";
  return [
    ...suites,
    ...(release === null ? [] : [release]),
    ...(process.env['RAVI_SLOW_TESTS'] ? [] : [slow]),
    ...(hasPromtool ? [] : [rules]),
    ...(hasCaddy ? [] : ["the example for Caddy, which needs Debian's caddy"]),
  ];
}

/** The fields of jest's report that are used. */
interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  /** Files that failed before their first test. */
  readonly numRuntimeErrorTestSuites: number;
}

/**
 * Lets each service compile its modules once and keep the result: tests end services by SIGKILL, before they would keep
 * anything. Without its settings a service ends as soon as its modules are there.
 */
async function warmCompileCache(): Promise<void> {
  const started = ['api', 'issuer'].map((name) => {
    const child = spawn(process.execPath, [`services/${name}/src/main.ts`], {
      cwd: root,
      env: { ...process.env, NODE_ENV: 'production', SECRET: '' },
      stdio: 'ignore',
    });
    return new Promise((resolve) => child.once('close', resolve).once('error', resolve));
  });
  await Promise.all(started);
}

/** Runs jest and counts. A file that could not be loaded counts as one failure, and so does a run without report. */
export async function runTests(jestArguments: readonly string[]): Promise<StepCounts> {
  const folder = await mkdtemp(join(tmpdir(), 'jest-report-'));
  const report = join(folder, 'report.json');
  const chosen =
    jestArguments.length > 0
      ? jestArguments
      : ['--ignoreProjects', ...projectsOnDemand.map(({ project }) => project)];
  try {
    await warmCompileCache();
    const succeeded = await runTool([
      process.execPath,
      // Packages that are built for others are used from their sources here.
      '--conditions=ravi-source',
      'node_modules/jest/bin/jest.js',
      '--json',
      `--outputFile=${report}`,
      ...chosen,
    ]);
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = await readReport(report);
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    // jest can fail with every test green: coverage below its threshold, or a worker that was killed.
    return { passed: numPassedTests, failed: succeeded ? failed : Math.max(failed, 1) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readReport(file: string): Promise<JestReport> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as JestReport;
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 1 };
  }
}
