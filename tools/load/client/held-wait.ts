import type { Socket } from 'node:net';
import { type Answer, readAnswer } from './answer.ts';
import { type ClientRequest, withFields } from './request.ts';
import { openSocket, send, type SocketListener } from './socket.ts';

/** Receives the outcomes of held waits. One listener serves all waits, so that each stays small. */
export interface HeldWaitListener {
  /** The request was written out: from now on the wait is held. */
  asked(wait: HeldWait): void;
  answered(wait: HeldWait, answer: Answer): void;
  /** The connection was lost without an answer, and not by `drop`. */
  lost(wait: HeldWait, reason: string): void;
}

/** One held request, on its own socket, which is closed after the answer. */
export class HeldWait implements SocketListener {
  /** The number of the caller's login. */
  readonly index: number;
  /** Whether the request has been written. */
  held = false;
  readonly #listener: HeldWaitListener;
  #socket: Socket | null = null;
  #request: string;
  #kept: Buffer | null = null;

  /** `varying`: the fields that distinguish this request from others. */
  constructor(index: number, request: ClientRequest, varying: string, listener: HeldWaitListener) {
    this.index = index;
    this.#request = withFields(request, varying);
    this.#listener = listener;
  }

  /** Connects and asks. */
  open(target: Parameters<typeof openSocket>[0], localAddress: string | undefined): void {
    this.#socket = openSocket(target, localAddress, this);
  }

  /** Leaves without waiting for the answer. */
  drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.destroy();
  }

  opened(): void {
    if (this.#socket) send(this.#socket, this.#request);
    // It is sent: a hundred thousand waits need not keep their texts.
    this.#request = '';
    this.held = true;
    this.#listener.asked(this);
  }

  received(bytes: Buffer): void {
    const all = this.#kept === null ? bytes : Buffer.concat([this.#kept, bytes]);
    const answer = readAnswer(all);
    this.#kept = answer === null ? Buffer.from(all) : null;
    if (answer === null) return;
    this.drop();
    this.#listener.answered(this, answer);
  }

  closed(reason: string): void {
    if (this.#socket === null) return;
    this.#socket = null;
    this.#listener.lost(this, reason);
  }
}
