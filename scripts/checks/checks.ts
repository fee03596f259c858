import { type Command, runToolBeside } from './run-tool.ts';
import type { StepOutcome } from './step.ts';

/** A check that does not run our code. */
interface Check {
  readonly title: string;
  readonly command: Command;
}

/** The checks, those with the quickest fixes first. The two rows run beside each other. */
const rows: readonly (readonly Check[])[] = [
  [
    { title: 'Formatting', command: ['oxfmt', '--check'] },
    { title: 'Lint', command: ['oxlint', '--type-aware'] },
    { title: 'Security', command: [process.execPath, 'scripts/security-table.ts', '--check'] },
  ],
  [
    { title: 'Types', command: ['tsc'] },
    { title: 'Dead code', command: ['knip'] },
  ],
];

/** Runs every check, also after one that failed, and shows what each printed when it ends. */
export async function runChecks(): Promise<readonly StepOutcome[]> {
  const outcomes = await Promise.all(rows.map(runRow));
  return outcomes.flat();
}

async function runRow(row: readonly Check[]): Promise<readonly StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  for (const { title, command } of row) {
    const startedAtMs = performance.now();
    const { succeeded, output } = await runToolBeside(command);
    console.log(`\n── ${title}\n${output.trimEnd()}`);
    const seconds = (performance.now() - startedAtMs) / 1_000;
    outcomes.push({ title, seconds, passed: 0, failed: succeeded ? 0 : 1 });
  }
  return outcomes;
}
