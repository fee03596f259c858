import { runTool } from './run-tool.ts';
import type { StepCounts } from './step.ts';

/** A check that does not run our code. */
export interface Check {
  readonly title: string;
  readonly run: () => Promise<StepCounts>;
}

/** The checks, those with the quickest fixes first. */
export const checks: readonly Check[] = [
  check('Formatting', ['prettier', '--check', '--log-level', 'warn', '.']),
  check('Lint', ['oxlint', '--type-aware']),
  check('Types', ['tsc']),
  check('Dead code', ['knip']),
  check('Security', [process.execPath, 'scripts/security-table.ts', '--check']),
];

function check(title: string, command: readonly [string, ...string[]]): Check {
  return {
    title,
    run: async () => ({ passed: 0, failed: (await runTool(command)) ? 0 : 1 }),
  };
}
