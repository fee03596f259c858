import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Reply } from '../../services/api/src/http/reply.ts';

/** What becomes of an answer: all of it is written, the client leaves before, or writing it throws. */
export type Writing = 'written' | 'lost' | 'throws';

/** A client that waits for the answer to one request, as far as a `Reply` sees it. */
export class FakeClient {
  readonly reply: Reply;
  /** What was written out to it; null for nothing. */
  received: { readonly status: number; readonly json: string } | null = null;
  readonly #response: FakeResponse;

  /** `pause` is how long the network takes. */
  constructor(writing: () => Writing, pause: () => Promise<void>) {
    this.#response = new FakeResponse(writing, pause, (status, json) => (this.received = { status, json }));
    this.reply = new Reply(this.#response as unknown as ServerResponse, [], { answered: () => undefined });
  }

  /** Ends its connection, answered or not. */
  leave(): void {
    this.#response.close(false);
  }
}

class FakeResponse extends EventEmitter {
  readonly socket = {};
  readonly headersSent = false;
  destroyed = false;
  writableFinished = false;
  readonly #writing: () => Writing;
  readonly #pause: () => Promise<void>;
  readonly #onWritten: (status: number, json: string) => void;
  #status = 0;

  constructor(
    writing: () => Writing,
    pause: () => Promise<void>,
    onWritten: (status: number, json: string) => void,
  ) {
    super();
    this.#writing = writing;
    this.#pause = pause;
    this.#onWritten = onWritten;
  }

  setHeader(): void {
    // Nobody reads it.
  }

  writeHead(status: number): this {
    this.#status = status;
    return this;
  }

  end(json: string): void {
    const writing = this.#writing();
    void this.#pause().then(() => {
      if (writing === 'written' && !this.destroyed) this.#onWritten(this.#status, json);
      this.close(writing === 'written' && !this.destroyed);
    });
    if (writing === 'throws' && this.#status === 200) throw new Error('write EPIPE');
  }

  close(finished: boolean): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.writableFinished = finished;
    this.emit('close');
  }
}
