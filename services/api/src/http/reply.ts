import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type DeviceTokenError, deviceTokenErrors } from '@ravi/contract';
import { keepAliveTimeoutMs } from './server.ts';
import { type DirectAnswerer, HttpSide } from './detachable-connection.ts';

/** The ready-made bodies: the same few sentences, thousands of times a second. */
const errorBodies = Object.fromEntries(
  Object.entries(deviceTokenErrors).map(([error, description]) => [
    error,
    JSON.stringify({ error, error_description: description }),
  ]),
);

/** As node:http says it. */
const keptAlive = `keep-alive\r\nKeep-Alive: timeout=${keepAliveTimeoutMs / 1000}`;

/** Told once how a request ended: whether its answer was written out, or the client left before. */
export type OverListener = (written: boolean) => void;

/**
 * Where the one answer of a device call goes. It is written in one piece: to the response; as text to the connection of a request that
 * the server does not see; or, when the request is held and everything of HTTP has been let go of, as text to the socket,
 * which then closes.
 */
export class Reply implements DirectAnswerer {
  #response: ServerResponse | null = null;
  #side: HttpSide | null = null;
  #socket: Socket | null = null;
  #isLast = false;
  /** Name, value, name, value: what every answer to this request carries. */
  readonly #fields: string[];
  #listeners: OverListener[] | null = null;
  #sent = false;
  #over = false;

  constructor(to: ServerResponse | HttpSide, fields: string[]) {
    this.#fields = fields;
    if (to instanceof HttpSide) {
      this.#side = to;
      to.beginServing(this);
    } else {
      this.#response = to;
    }
  }

  /** The client is gone, or was answered. */
  get isOver(): boolean {
    return this.#over || this.#sent || (this.#socket ?? this.#response ?? this.#side)?.destroyed === true;
  }

  /** Pipelined behind another answer: nobody knows when an answer would be written. */
  get isQueued(): boolean {
    return this.#response !== null && this.#response.socket === null;
  }

  /** Adds a header field to the answer. */
  addField(name: string, value: string): void {
    this.#fields.push(name, value);
  }

  /** Ends the connection with the answer. */
  closeAfterwards(): void {
    this.#isLast = true;
    if (this.#response?.headersSent === false) this.#response.setHeader('Connection', 'close');
  }

  /** Calls the listener once the answer is written out, or the client has left. */
  onceOver(listener: OverListener): void {
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
  send(status: number, json: string, ...fields: readonly string[]): void {
    if (this.isOver) return;
    this.#sent = true;
    const all = [
      ...this.#fields,
      'Content-Type',
      'application/json; charset=utf-8',
      'Content-Length',
      String(Buffer.byteLength(json)),
      'Cache-Control',
      'no-store',
      ...fields,
    ];
    if (this.#response) this.#response.writeHead(status, all).end(json);
    else if (this.#side) this.#answer(this.#side, status, all, json);
    else this.#write(status, all, json);
  }

  /** Answers 400 with one of the contract's errors. (RFC 8628 §3.5) */
  sendError(error: DeviceTokenError): void {
    this.send(400, errorBodies[error] ?? '', 'Pragma', 'no-cache');
  }

  /**
   * Lets go of everything that HTTP keeps for a request, and keeps the socket alone. The connection ends with the answer.
   * Where that cannot be, because another request follows on the connection, nothing changes. False when the request should be
   * answered then: nobody would notice that its client leaves.
   */
  letGo(): boolean {
    const response = this.#response;
    const side = this.#side ?? response?.socket;
    if (this.isOver || !(side instanceof HttpSide)) return true;
    if (response !== null && side.newest !== response.req) return true;
    const socket = side.release();
    if (socket === null) return response !== null;
    this.#response = null;
    this.#side = null;
    this.#socket = socket;
    socket.on('error', ignore);
    // A client that ends its side has left, as it has for node:http; what else it sends is not read.
    socket.on('end', destroySocket);
    socket.once('close', () => this.#end(false));
    socket.resume();
    return true;
  }

  /** The client of a request that the server does not see is gone. */
  left(): void {
    this.#end(false);
  }

  #answer(side: HttpSide, status: number, fields: readonly string[], json: string): void {
    const text = answerText(status, this.#isLast ? 'close' : keptAlive, fields, json);
    side.answer(text, this.#isLast, this.#listeners === null ? undefined : (error) => this.#end(!error));
  }

  #write(status: number, fields: readonly string[], json: string): void {
    this.#socket?.write(answerText(status, 'close', fields, json), (error) => this.#end(!error));
    this.#socket?.destroySoon();
  }

  #end(written: boolean): void {
    if (this.#over) return;
    this.#over = true;
    for (const listener of this.#listeners ?? []) listener(written);
    this.#listeners = null;
  }
}

/** A whole answer as it goes over the wire. (RFC 9112 §4) */
function answerText(status: number, connection: string, fields: readonly string[], json: string): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nDate: ${new Date().toUTCString()}\r\nConnection: ${connection}\r\n`;
  for (let at = 0; at < fields.length; at += 2) head += `${fields[at] ?? ''}: ${fields[at + 1] ?? ''}\r\n`;
  return `${head}\r\n${json}`;
}

function ignore(): void {
  // 'close' follows.
}

function destroySocket(this: Socket): void {
  this.destroy();
}
