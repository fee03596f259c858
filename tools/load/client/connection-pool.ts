import type { Answer } from './answer.ts';
import { Connection } from './connection.ts';
import type { ClientRequest } from './request.ts';
import type { SourceAddresses } from './source-addresses.ts';
import type { Targets } from './target.ts';

/** Keep-alive connections that share their requests: at most `size` at a time, the others queue in order. */
export class ConnectionPool {
  readonly #all: Connection[] = [];
  readonly #idle: Connection[];
  readonly #queue: ((connection: Connection) => void)[] = [];
  #queueAt = 0;
  readonly #lookingForLate: NodeJS.Timeout;

  constructor(size: number, targets: Targets, addresses: SourceAddresses) {
    for (let i = 0; i < size; i++) this.#all.push(new Connection(targets, addresses));
    this.#idle = [...this.#all];
    this.#lookingForLate = setInterval(() => {
      for (const connection of this.#all) connection.giveUpLate();
    }, 1_000).unref();
  }

  /** Sends a request on the next free connection. Rejects with ConnectionLost. */
  async request(request: ClientRequest): Promise<Answer> {
    const connection =
      this.#idle.pop() ?? (await new Promise<Connection>((resolve) => this.#queue.push(resolve)));
    try {
      return await connection.request(request);
    } finally {
      this.#release(connection);
    }
  }

  close(): void {
    clearInterval(this.#lookingForLate);
    for (const connection of this.#all) connection.close();
  }

  #release(connection: Connection): void {
    const next = this.#queue[this.#queueAt];
    if (next === undefined) {
      this.#idle.push(connection);
      return;
    }
    // A cursor instead of shift(): the queue may hold a hundred thousand.
    if (++this.#queueAt > 1_000 && this.#queueAt * 2 > this.#queue.length) {
      this.#queue.splice(0, this.#queueAt);
      this.#queueAt = 0;
    }
    next(connection);
  }
}
