import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { hasEnded } from './child-process.ts';
import type { HostMessage } from './service-host.ts';

const host = join(import.meta.dirname, 'service-host.ts');

/** So many processes wait for the next service of a kind at most: as many as a test has of it at a time. */
const maxWaiting = 3;

/** Processes that have ended a service and keep its modules, by the service's `main.ts`, for the files of one jest worker. */
const waiting = new Map<string, ChildProcess[]>();

/**
 * Runs a service in a process that has run it before, or in a new one; either ends with the process that asks. Where neither the service nor
 * a test has ended it, it can be used again (`endHosted`).
 */
export function runHosted(main: string, env: Readonly<Record<string, string>>): ChildProcess {
  const child = takeWaiting(main) ?? startHost(env);
  refer(child, 'ref');
  say(child, { run: main, env });
  return child;
}

/** Asks the process to end its service, as SIGTERM does, and to print a line on both outputs when that is done. */
export function endHosted(child: ChildProcess, lastLine: string): void {
  say(child, { endWith: lastLine });
}

/** Keeps a process that has ended its service for the next one. */
export function keepHosted(main: string, child: ChildProcess): void {
  const ofService = waiting.get(main) ?? [];
  waiting.set(main, ofService);
  if (ofService.length === maxWaiting) {
    child.kill('SIGKILL');
    return;
  }
  refer(child, 'unref');
  ofService.push(child);
}

/** One that ended while it waited is of no use: nobody would hear why it does not become ready. */
function takeWaiting(main: string): ChildProcess | undefined {
  const ofService = waiting.get(main) ?? [];
  let child = ofService.pop();
  while (child && hasEnded(child)) child = ofService.pop();
  return child;
}

function startHost({ PATH = '', NODE_COMPILE_CACHE = '' }: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn(process.execPath, [host], {
    env: { PATH, NODE_COMPILE_CACHE },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  child.channel?.unref();
  return child;
}

/** A process that waits keeps no worker from ending, and is nothing that a file of tests has left open. */
function refer(child: ChildProcess, how: 'ref' | 'unref'): void {
  child[how]();
  for (const output of [child.stdout, child.stderr]) (output as Socket | null)?.[how]();
}

function say(child: ChildProcess, message: HostMessage): void {
  // One that has ended meanwhile is found by whoever waits for it.
  child.send(message, () => undefined);
}
