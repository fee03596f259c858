import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { LinkEvents, WorkerLink } from './load-worker.ts';
import type { FromWorker } from './messages.ts';

/** Starts a worker as a process of this machine. It ends with this process. */
export function startWorkerProcess({ onMessage, onEnd }: LinkEvents): WorkerLink {
  const child = fork(join(import.meta.dirname, 'worker.ts'), [], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.on('message', (message: FromWorker) => onMessage(message));
  // It could not be started, or ended while it was sent something.
  child.on('error', (error) => onEnd(error.message));
  child.on('exit', (code, signal) => onEnd(signal ?? `exit code ${code}`));
  return {
    send: (message) => {
      if (child.connected) child.send(message);
    },
    end: () => child.kill('SIGKILL'),
  };
}
