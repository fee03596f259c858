/** One step of a stop, with its name for the log. */
export interface ShutdownStep {
  readonly name: string;
  readonly run: () => Promise<void> | void;
}

/** Receives the reports of a stop: a step that failed or hung. */
export interface ShutdownReport {
  stepFailed(name: string, error: unknown): void;
}

/**
 * Runs the steps in order, each for at most `stepTimeoutMs`. A step that fails or hangs is reported, and the next one
 * still runs. Never throws.
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

const stopSignals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

const endAtOnce = (): never => process.exit(0);

/**
 * Lets a stop signal end the process at once, until `onStopSignal` says more: for a process that has begun nothing yet, such as one that
 * waits for Redis. Without a listener, process 1 of a container does not hear these signals, and is killed after a while.
 */
export function endOnStopSignal(): void {
  for (const signal of stopSignals) process.on(signal, endAtOnce);
}

/** Calls `stop` once, on the first SIGTERM, SIGINT or SIGHUP (its terminal was closed); a second signal ends the process at once. */
export function onStopSignal(stop: (signal: string) => void): void {
  let stopping = false;
  for (const signal of stopSignals) {
    process.off(signal, endAtOnce);
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      stop(signal);
    });
  }
}
