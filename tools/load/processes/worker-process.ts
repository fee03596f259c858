import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { LoadError } from '../load-error.ts';
import type { FromWorker, Job, Progress, ToWorker, WorkerResult } from './messages.ts';

/** A worker process, as its coordinator sees it. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #finished = Promise.withResolvers<WorkerResult>();
  #reached = Promise.withResolvers<string | null>();
  #result: WorkerResult | null = null;
  readonly #onProgress: (progress: Progress) => void;

  /** `onProgress`: gets each of its reports. */
  constructor(onProgress: (progress: Progress) => void) {
    this.#onProgress = onProgress;
    this.#child = fork(join(import.meta.dirname, 'worker.ts'), [], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child.on('message', (message: FromWorker) => this.#take(message));
    this.#child.on('exit', (code, signal) => {
      if (this.#result !== null) return;
      const error = new LoadError(`A worker process ended early (${signal ?? `exit code ${code}`}).`);
      this.#finished.reject(error);
      this.#reached.reject(error);
    });
    // Fail both promises: a caller may wait for either.
    this.#finished.promise.catch(() => undefined);
    this.#reached.promise.catch(() => undefined);
  }

  begin(job: Job): void {
    this.#send({ kind: 'begin', job });
  }

  /** The phase in which it waits for `goOn`; null once it has finished. */
  get reached(): Promise<string | null> {
    return this.#reached.promise;
  }

  get result(): Promise<WorkerResult> {
    return this.#finished.promise;
  }

  goOn(): void {
    this.#reached = Promise.withResolvers<string | null>();
    this.#reached.promise.catch(() => undefined);
    this.#send({ kind: 'goOn' });
  }

  stop(): void {
    this.#send({ kind: 'stop' });
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }

  #take(message: FromWorker): void {
    switch (message.kind) {
      case 'progress':
        this.#onProgress(message.progress);
        break;
      case 'reached':
        this.#reached.resolve(message.phase);
        break;
      case 'finished':
        this.#result = message.result;
        this.#finished.resolve(message.result);
        this.#reached.resolve(null);
    }
  }

  #send(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message);
  }
}
