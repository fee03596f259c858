import { LoadError } from '../load-error.ts';
import type { FromWorker, Job, Progress, ToWorker, WorkerResult } from './messages.ts';

/** A way to a worker: a process here, or on another machine. */
export interface WorkerLink {
  send(message: ToWorker): void;
  /** Ends the worker, whatever it does. */
  end(): void;
}

/** What a link tells. */
export interface LinkEvents {
  readonly onMessage: (message: FromWorker) => void;
  /** It has ended; the reason is for a sentence. */
  readonly onEnd: (reason: string) => void;
}

/** A place at which a worker runs. */
export type OpenLink = (events: LinkEvents) => WorkerLink;

/** A worker, as its coordinator sees it. */
export class LoadWorker {
  readonly #link: WorkerLink;
  readonly #finished = Promise.withResolvers<WorkerResult>();
  #reached = Promise.withResolvers<string>();
  #result: WorkerResult | null = null;
  readonly #onProgress: (progress: Progress) => void;

  /** `onProgress`: gets each of its reports. */
  constructor(open: OpenLink, onProgress: (progress: Progress) => void) {
    this.#onProgress = onProgress;
    this.#link = open({
      onMessage: (message) => this.#take(message),
      onEnd: (reason) => {
        if (this.#result !== null) return;
        this.#finished.reject(new LoadError(`A worker ended early (${reason}).`));
      },
    });
    // Nobody may wait for it yet.
    this.#finished.promise.catch(() => undefined);
  }

  begin(job: Job): void {
    this.#link.send({ kind: 'begin', job });
  }

  /** The phase in which it waits for `goOn`; null once it has finished. Rejects where it ended, also while it waited. */
  get reached(): Promise<string | null> {
    return Promise.race([this.#reached.promise, this.#finished.promise.then(() => null)]);
  }

  get result(): Promise<WorkerResult> {
    return this.#finished.promise;
  }

  goOn(): void {
    this.#reached = Promise.withResolvers<string>();
    this.#link.send({ kind: 'goOn' });
  }

  stop(): void {
    this.#link.send({ kind: 'stop' });
  }

  end(): void {
    this.#link.end();
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
    }
  }
}
