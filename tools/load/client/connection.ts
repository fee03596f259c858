import type { Socket } from 'node:net';
import { type Answer, closesConnection, readAnswer } from './answer.ts';
import { type ClientRequest, withFields } from './request.ts';
import { openSocket, send } from './socket.ts';
import type { SourceAddresses } from './source-addresses.ts';
import type { Target, Targets } from './target.ts';
import { VaryingFields } from './varying-fields.ts';

/** The connection was lost before the answer. `code` is the system's error code. */
class ConnectionLost extends Error {
  readonly code: string;

  constructor(target: Target, code: string) {
    super(`The connection to ${target.authority} was lost before the answer (${code}).`);
    this.name = 'ConnectionLost';
    this.code = code;
  }
}

/** Time limit for an answer to a request that is not held, above the product's own limits. */
const answerLimitMs = 30_000;

/** An idle connection is closed after this time: Node servers close theirs after 5 s, perhaps just when we send. */
const idleLimitMs = 3_000;

/**
 * A keep-alive connection that carries one request at a time, opened when first needed and again, to the next target, after a loss. No
 * two requests in a row have the same head, as on a connection of a balancer.
 */
export class Connection {
  readonly #targets: Targets;
  #target: Target;
  readonly #addresses: SourceAddresses;
  readonly #varying = new VaryingFields();
  #socket: Socket | null = null;
  #kept: Buffer | null = null;
  #usedMs = 0;
  #waiting: { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void } | null =
    null;

  constructor(targets: Targets, addresses: SourceAddresses) {
    this.#targets = targets;
    this.#target = targets.next();
    this.#addresses = addresses;
  }

  /** Sends a request and resolves with its answer. Rejects with ConnectionLost. */
  request(request: ClientRequest): Promise<Answer> {
    if (performance.now() - this.#usedMs > idleLimitMs) this.close();
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#usedMs = performance.now();
      this.#socket ??= this.#open();
      send(this.#socket, withFields(request, this.#varying.next()));
    });
  }

  /** Gives up a request whose answer does not come. */
  giveUpLate(): void {
    if (this.#waiting === null || performance.now() - this.#usedMs < answerLimitMs) return;
    this.close();
    this.#kept = null;
    this.#settle()?.reject(new ConnectionLost(this.#target, `none within ${answerLimitMs / 1000} s`));
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  #open(): Socket {
    const socket: Socket = openSocket(this.#target, this.#addresses.next(), {
      opened: () => undefined,
      received: (bytes) => this.#received(bytes),
      closed: (reason) => {
        // A replaced socket is ignored.
        if (this.#socket !== socket) return;
        this.#socket = null;
        this.#kept = null;
        this.#settle()?.reject(new ConnectionLost(this.#target, reason));
        this.#target = this.#targets.next();
      },
    });
    return socket;
  }

  #received(bytes: Buffer): void {
    const all = this.#kept === null ? bytes : Buffer.concat([this.#kept, bytes]);
    const answer = readAnswer(all);
    if (answer === null) {
      this.#kept = Buffer.from(all);
      return;
    }
    this.#kept = null;
    this.#usedMs = performance.now();
    if (closesConnection(answer)) this.close();
    this.#settle()?.resolve(answer);
  }

  #settle() {
    const waiting = this.#waiting;
    this.#waiting = null;
    return waiting;
  }
}
