import { ConfigError } from './env.ts';
import { endOnStopSignal, type ShutdownStep, shutDown } from './shutdown.ts';

/** The exit code of a process whose settings are not usable: a supervisor need not start it again. (sysexits.h) */
const unusableSettings = 78;

/**
 * Starts a service. One that cannot start writes the reason to standard error and exits: with 78 if its settings are not usable, else
 * with 1. A stop signal that comes before the service says what to do then ends it at once, with 0.
 */
export async function startService(name: string, start: () => Promise<void>): Promise<void> {
  endOnStopSignal();
  try {
    await start();
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason';
    process.stderr.write(`The ${name} cannot start. ${reason}\n`);
    process.exit(error instanceof ConfigError ? unusableSettings : 1);
  }
}

/** Writes what happens during a stop. */
export interface StopLogger {
  info(sentence: string): void;
  error(fields: object, sentence: string): void;
}

/** Runs the steps of a stop in order, each for at most `stepSeconds`, and exits with 0. A step that fails or hangs is logged. */
export async function stopService(
  steps: readonly ShutdownStep[],
  logger: StopLogger,
  stepSeconds: number,
): Promise<never> {
  await shutDown(
    steps,
    { stepFailed: (step, error) => logger.error({ step, error }, 'stopping: a step failed') },
    stepSeconds * 1000,
  );
  logger.info('stopped');
  process.exit(0);
}
