import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program to run as a child of this one. */
export interface ProgramOptions {
  readonly command: readonly [program: string, ...args: string[]];
  readonly env?: NodeJS.ProcessEnv;
  /** Called with every line of the program's output, on either stream. */
  readonly onLine: (line: string) => void;
}

export interface RunningProgram {
  readonly pid: number | undefined;
  /** Resolves, in words, when the program has ended: `exit code 1`, `SIGKILL`, `ENOENT`. Never rejects. */
  readonly ended: Promise<string>;
  /** Sends SIGTERM and resolves when it has ended; kills it after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Runs a program in its own process group: Ctrl-C in the terminal then reaches only us, and we stop the programs
 * in order.
 */
export function runProgram({ command: [program, ...args], env, onLine }: ProgramOptions): RunningProgram {
  const child = spawn(program, args, {
    env: env ?? process.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  createInterface({ input: child.stdout }).on('line', onLine);
  createInterface({ input: child.stderr }).on('line', onLine);

  const ending = Promise.withResolvers<string>();
  let hasEnded = false;
  const end = (how: string) => {
    hasEnded = true;
    ending.resolve(how);
  };
  child.once('error', (error) => end(error.message));
  child.once('close', (code, signal) => end(signal ?? `exit code ${code}`));

  return {
    pid: child.pid,
    ended: ending.promise,
    async stop(graceMs) {
      if (hasEnded) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ending.promise;
      clearTimeout(timer);
    },
  };
}
