/** One thing to do while stopping, named for the log. */
export interface ShutdownStep {
  readonly name: string;
  readonly run: () => Promise<void> | void;
}

/** What the stop reports to: a step that failed or hung, and the end. */
export interface ShutdownReport {
  stepFailed(name: string, error: unknown): void;
}

/**
 * Runs the steps in order, each at most `stepTimeoutMs`, whatever the others do: one that fails or hangs is
 * reported and the next still runs. Never throws.
 */
export async function shutDown(
  steps: readonly ShutdownStep[],
  report: ShutdownReport,
  stepTimeoutMs: number,
): Promise<void> {
  for (const step of steps) {
    const deadline = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => deadline.reject(new Error(`did not finish within ${stepTimeoutMs} ms`)),
      stepTimeoutMs,
    );
    try {
      await Promise.race([Promise.resolve().then(() => step.run()), deadline.promise]);
    } catch (error) {
      report.stepFailed(step.name, error);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Calls `stop` once, on the first SIGTERM or SIGINT; a second signal ends the process at once. */
export function onStopSignal(stop: (signal: string) => void): void {
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      stop(signal);
    });
  }
}
