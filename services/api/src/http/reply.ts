import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { DetachableConnection } from './detachable-connection.ts';

/** Told once how a request ended: whether its answer was written out, or the client left before. */
export type EndListener = (written: boolean) => void;

/**
 * Where the one answer to a call goes, in one piece: to the response; or, when the call is held and everything of HTTP has been
 * let go of, as text to the socket, which then closes.
 */
export class Reply {
  #response: ServerResponse | null;
  #socket: Socket | null = null;
  /** Name, value, name, value: what every answer to this request carries. */
  readonly #headers: string[];
  #listeners: EndListener[] | null = null;
  #sent = false;
  #ended = false;

  constructor(response: ServerResponse, headers: string[]) {
    this.#response = response;
    this.#headers = headers;
  }

  /** The client is gone, or was answered. */
  get isOver(): boolean {
    return this.#ended || this.#sent || (this.#socket ?? this.#response)?.destroyed === true;
  }

  /** The request is pipelined behind another: nobody knows when its answer will be written. */
  get isQueued(): boolean {
    return this.#response !== null && this.#response.socket === null;
  }

  /** Adds a header to the answer. */
  addHeader(name: string, value: string): void {
    this.#headers.push(name, value);
  }

  /** Ends the connection with the answer. */
  closeAfterwards(): void {
    if (this.#response?.headersSent === false) this.#response.setHeader('Connection', 'close');
  }

  /** Calls the listener once the answer is written out, or the client has left. */
  onceOver(listener: EndListener): void {
    if (this.#listeners === null) {
      this.#listeners = [];
      const response = this.#response;
      response?.once('close', () => {
        if (this.#response === response) this.#end(response.writableFinished);
      });
    }
    this.#listeners.push(listener);
  }

  /** Answers with JSON. Does nothing when the request is over. */
  send(status: number, json: string, ...headers: readonly string[]): void {
    if (this.isOver) return;
    this.#sent = true;
    const length = Buffer.byteLength(json);
    const all = [
      ...this.#headers,
      'Content-Type',
      'application/json; charset=utf-8',
      'Content-Length',
      String(length),
      'Cache-Control',
      'no-store',
      ...headers,
    ];
    // Latin-1 is written faster, and the same where every character is one byte.
    const encoding = length === json.length ? 'latin1' : 'utf8';
    if (this.#response) this.#response.writeHead(status, all).end(json, encoding);
    else this.#write(status, all, json);
  }

  /**
   * Lets go of everything that HTTP keeps for a request, and keeps the socket alone; the connection ends with the answer.
   * Changes nothing where that cannot be, because another request follows on the connection.
   */
  detachSocket(): void {
    const connection = this.#response?.socket;
    if (this.isOver || !(connection instanceof DetachableConnection)) return;
    if (connection.newestRequest !== this.#response?.req) return;
    const socket = connection.detach();
    if (socket === null) return;
    this.#response = null;
    this.#socket = socket;
    socket.on('error', ignore);
    // A client that ends its side has left, as it has for node:http; what else it sends is not read.
    socket.on('end', destroySocket);
    socket.once('close', () => this.#end(false));
    socket.resume();
  }

  #write(status: number, headers: readonly string[], json: string): void {
    this.#socket?.write(answerText(status, headers, json), (error) => this.#end(!error));
    this.#socket?.destroySoon();
  }

  #end(written: boolean): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const listener of this.#listeners ?? []) listener(written);
    this.#listeners = null;
  }
}

/** A whole answer as it goes over the wire, the last on its connection. (RFC 9112 §4) */
function answerText(status: number, headers: readonly string[], json: string): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nDate: ${new Date().toUTCString()}\r\nConnection: close\r\n`;
  for (let at = 0; at < headers.length; at += 2) head += `${headers[at] ?? ''}: ${headers[at + 1] ?? ''}\r\n`;
  return `${head}\r\n${json}`;
}

function ignore(): void {
  // 'close' follows.
}

function destroySocket(this: Socket): void {
  this.destroy();
}
