import type { Readable } from 'node:stream';

/** What a process prints last of a service, where it is kept for another one. */
export const endOfService = '--- the end of this service ---';

/** The lines that a service prints on a stream: of one that is still on its way a test would see a part. */
export class PrintedLines {
  text = '';
  /** Resolves once all of it is read: the stream is over, or the service is. */
  readonly ended: Promise<void>;
  readonly #stream: Readable;
  readonly #finish: () => void;
  #begun = '';

  constructor(stream: Readable) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#finish = resolve;
    this.#stream = stream.setEncoding('utf8');
    stream.on('data', this.#take).on('end', this.#takeRest).on('close', resolve);
    // Of a process that has ended before, no more will come.
    if (stream.closed) resolve();
  }

  /** Reads no more of the stream: what comes is another service's. */
  leave(): void {
    this.#stream.off('data', this.#take).off('end', this.#takeRest).off('close', this.#finish);
  }

  readonly #take = (more: string): void => {
    this.#begun += more;
    const end = this.#begun.lastIndexOf('\n') + 1;
    this.text += this.#begun.slice(0, end);
    this.#begun = this.#begun.slice(end);
    if (!this.text.endsWith(`${endOfService}\n`)) return;
    this.text = this.text.slice(0, -endOfService.length - 1);
    this.#finish();
  };

  readonly #takeRest = (): void => {
    this.text += this.#begun;
  };
}
