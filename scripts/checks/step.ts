/** How many tests of a step passed and failed; a check that is no test suite passes with 0 and fails with 1. */
export interface StepCounts {
  readonly passed: number;
  readonly failed: number;
}

/** The result of a step, and its duration. */
export interface StepOutcome extends StepCounts {
  readonly title: string;
  readonly seconds: number;
}

/** Runs a step under its heading and measures its time. */
export async function runStep(title: string, run: () => Promise<StepCounts>): Promise<StepOutcome> {
  console.log(`\n── ${title}`);
  const startedAtMs = performance.now();
  const counts = await run();
  return { ...counts, title, seconds: (performance.now() - startedAtMs) / 1_000 };
}
