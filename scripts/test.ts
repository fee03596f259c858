/**
 * Every check of the repository, then the tests, each with a heading and its time; after a failure the next one
 * still runs. Ends with a summary and, for programs that read it, the line "N passed, N failed": tests, and each
 * failed check as one failure. The exit code is 0 only when nothing failed.
 *
 *     npm test                       everything except the suites that it lists at its end
 *     npm test -- ARGUMENTS          only tests, selected by these arguments for jest
 */
import { runChecks } from './checks/checks.ts';
import { leftOut, runTests } from './checks/jest.ts';
import { runStep, type StepOutcome } from './checks/step.ts';

const jestArguments = process.argv.slice(2);
const outcomes: StepOutcome[] = [];

if (jestArguments.length === 0) outcomes.push(...(await runChecks()));
outcomes.push(await runStep('Tests', () => runTests(jestArguments)));

console.log('\n── Summary');
for (const { title, seconds, passed, failed } of outcomes) {
  const counts = passed + failed > 1 ? `  ${passed} passed, ${failed} failed` : '';
  console.log(
    `${failed === 0 ? 'ok    ' : 'FAILED'}  ${title.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s${counts}`,
  );
}
if (jestArguments.length === 0) {
  console.log('\nLeft out:');
  for (const part of leftOut()) console.log(`  ${part}`);
}
const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
const failed = sum(outcomes.map((outcome) => outcome.failed));
const passed = sum(outcomes.map((outcome) => outcome.passed));
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
