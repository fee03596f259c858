import { type Clock, steadyClock } from './clock.ts';

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

/**
 * The same signal once more within this time is the same stop: npm passes on to the process what Ctrl-C, or a supervisor that signals
 * all processes of a service, has sent to both.
 */
const passedOnWithinMs = 1_000;

/**
 * Calls `stop` once, on the first SIGTERM, SIGINT or SIGHUP (its terminal was closed); a second signal ends the process at once. `clock`
 * only goes forward.
 */
export function onStopSignal(stop: (signal: string) => void, clock: Clock = steadyClock): void {
  let begun: { readonly signal: string; readonly atMs: number } | null = null;
  for (const signal of stopSignals) {
    process.off(signal, endAtOnce);
    process.on(signal, () => {
      if (begun === null) {
        begun = { signal, atMs: clock.nowMs() };
        stop(signal);
      } else if (signal !== begun.signal || clock.nowMs() - begun.atMs >= passedOnWithinMs) process.exit(1);
    });
  }
}
