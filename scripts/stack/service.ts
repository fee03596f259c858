import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readReadyFile, type ServicePorts } from '@ravi/runtime';
import { root } from '../setup/root.mjs';
import { print, printServiceLine } from './log.ts';
import { StackError } from './problem.ts';
import { runProgram, type RunningProgram } from './process.ts';

/** One of our services, as a child process. */
export interface ServiceOptions {
  readonly name: 'api' | 'issuer';
  /** 0: the system chooses. */
  readonly adminPort: number;
  readonly env: NodeJS.ProcessEnv;
}

/** A service that is restarted whenever it ends. */
export interface SupervisedService {
  /** Resolves to its ports when the service can serve; rejects with `StackError` when it ends or hangs before that. */
  readonly ready: Promise<ServicePorts>;
  /** Stops it for good, gracefully, and resolves when it is gone. */
  stop(): Promise<void>;
}

/** Time limit for the service to become ready. */
const startLimitMs = 30_000;
/** Time limit for a stopping service to answer its waiters and finish its requests. */
const stopGraceMs = 15_000;
const longestBackoffMs = 10_000;

/**
 * Runs a service and, once it has been ready, starts it again whenever it ends: after half a second at first, then
 * after twice as long each time, until it has been well for a while. It keeps the ports of its first run.
 */
export function superviseService({ name, adminPort, env }: ServiceOptions): SupervisedService {
  const stopping = new AbortController();
  const folder = mkdtempSync(join(tmpdir(), 'ravi-'));
  const readyFile = join(folder, `${name}.json`);
  let current = run({ adminPort });
  const ready = Promise.race([
    untilReady(name, () => readReadyFile(readyFile, current.pid), stopping.signal),
    endsBeforeReady(name, current),
  ]);
  const supervision = ready.then(keepRunning, () => undefined);

  function run(ports: ServicePorts): RunningProgram {
    return runProgram({
      command: [process.execPath, join(root, 'services', name, 'src/main.ts')],
      env: {
        ...env,
        READY_FILE: readyFile,
        ADMIN_PORT: String(ports.adminPort),
        ...(ports.port === undefined ? {} : { PORT: String(ports.port) }),
      },
      onLine: (line) => printServiceLine(name, line),
    });
  }

  async function keepRunning(ports: ServicePorts): Promise<void> {
    for (let backoffMs = 500; ; backoffMs = Math.min(backoffMs * 2, longestBackoffMs)) {
      const startedAtMs = Date.now();
      const how = await current.ended;
      if (stopping.signal.aborted) return;
      if (Date.now() - startedAtMs > 4 * longestBackoffMs) backoffMs = 500;
      print(`${name} ended (${how}); starting it again in ${backoffMs / 1_000} s`);
      await pause(backoffMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      current = run(ports);
    }
  }

  return {
    ready,
    async stop() {
      stopping.abort();
      await current.stop(stopGraceMs);
      await supervision;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function endsBeforeReady(name: string, program: RunningProgram): Promise<never> {
  const how = await program.ended;
  throw new StackError(`The ${name} did not start (${how}); its output is above.`);
}

async function untilReady(
  name: string,
  readPorts: () => ServicePorts | null,
  stopping: AbortSignal,
): Promise<ServicePorts> {
  const deadline = Date.now() + startLimitMs;
  for (;;) {
    stopping.throwIfAborted();
    const ports = readPorts();
    if (ports) return ports;
    if (Date.now() > deadline) {
      throw new StackError(`The ${name} was not ready after ${startLimitMs / 1_000} s; its output is above.`);
    }
    await pause(25);
  }
}
