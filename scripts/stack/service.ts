import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { root } from '../setup/root.mjs';
import { print, printServiceLine } from './log.ts';
import { StackError } from './problem.ts';
import { runProgram, type RunningProgram } from './process.ts';

/** One of our services, as a child process. */
export interface ServiceOptions {
  readonly name: 'api' | 'issuer';
  readonly adminPort: number;
  readonly env: NodeJS.ProcessEnv;
}

/** A service that is kept running. */
export interface SupervisedService {
  /** Resolves when the service can serve; rejects with `StackError` when it ends or hangs before that. */
  readonly ready: Promise<void>;
  /** Stops it for good, gracefully, and resolves when it is gone. */
  stop(): Promise<void>;
}

/** Longest wait for the first `/readyz`. */
const startLimitMs = 30_000;
/** How long a stopping service may take to answer its waiters and finish its requests. */
const stopGraceMs = 15_000;
const longestBackoffMs = 10_000;

/**
 * Runs a service and, once it has been ready, starts it again whenever it ends: after half a second at first, then
 * after twice as long each time, until it has been well for a while.
 */
export function superviseService({ name, adminPort, env }: ServiceOptions): SupervisedService {
  const stopping = new AbortController();
  let current = run();
  const ready = Promise.race([untilReady(name, adminPort, stopping.signal), endsBeforeReady(name, current)]);
  const supervision = ready.then(keepRunning, () => undefined);

  function run(): RunningProgram {
    return runProgram({
      command: [process.execPath, join(root, 'services', name, 'src/main.ts')],
      env: { ...env, ADMIN_PORT: String(adminPort) },
      onLine: (line) => printServiceLine(name, line),
    });
  }

  async function keepRunning(): Promise<void> {
    for (let backoffMs = 500; ; backoffMs = Math.min(backoffMs * 2, longestBackoffMs)) {
      const startedAtMs = Date.now();
      const how = await current.ended;
      if (stopping.signal.aborted) return;
      if (Date.now() - startedAtMs > 4 * longestBackoffMs) backoffMs = 500;
      print(`${name} ended (${how}); starting it again in ${backoffMs / 1_000} s`);
      await pause(backoffMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      current = run();
    }
  }

  return {
    ready,
    async stop() {
      stopping.abort();
      await current.stop(stopGraceMs);
      await supervision;
    },
  };
}

async function endsBeforeReady(name: string, program: RunningProgram): Promise<never> {
  const how = await program.ended;
  throw new StackError(`The ${name} did not start (${how}); what it said is above.`);
}

async function untilReady(name: string, adminPort: number, stopping: AbortSignal): Promise<void> {
  const deadline = Date.now() + startLimitMs;
  let reason = 'no answer';
  for (;;) {
    stopping.throwIfAborted();
    try {
      const answer = await fetch(`http://127.0.0.1:${adminPort}/readyz`, {
        signal: AbortSignal.timeout(2_000),
      });
      if (answer.ok) return;
      reason = await answer.text();
    } catch {
      // Not listening yet.
    }
    if (Date.now() > deadline) {
      throw new StackError(`The ${name} was not ready after ${startLimitMs / 1_000} s: ${reason}`);
    }
    await pause(50);
  }
}
