import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type DeviceTokenError, deviceTokenErrors } from '@ravi/contract';
import { HttpSide } from './http-side.ts';

/** The ready-made bodies: the same few sentences, thousands of times a second. */
const errorBodies = Object.fromEntries(
  Object.entries(deviceTokenErrors).map(([error, description]) => [
    error,
    JSON.stringify({ error, error_description: description }),
  ]),
);

/** Told once how a request ended: whether its answer was written out, or the client left before. */
export type OverListener = (written: boolean) => void;

/**
 * Where the one answer of a device call goes. It is written in one piece, to the response, or, when the request is held
 * and everything of HTTP has been let go of, as text to the socket, which then closes.
 */
export class Reply {
  #response: ServerResponse | null;
  #socket: Socket | null = null;
  /** Name, value, name, value: what every answer to this request carries. */
  readonly #fields: string[];
  #listeners: OverListener[] | null = null;
  #sent = false;
  #over = false;

  constructor(response: ServerResponse, fields: string[]) {
    this.#response = response;
    this.#fields = fields;
  }

  /** The client is gone, or was answered. */
  get isOver(): boolean {
    return this.#over || this.#sent || this.#socket?.destroyed === true || this.#response?.destroyed === true;
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
    else this.#write(status, all, json);
  }

  /** Answers 400 with one of the contract's errors. (RFC 8628 §3.5) */
  sendError(error: DeviceTokenError): void {
    this.send(400, errorBodies[error] ?? '', 'Pragma', 'no-cache');
  }

  /**
   * Lets go of everything that HTTP keeps for a request, and keeps the socket alone. The connection ends with the answer.
   * Where that cannot be, because another request follows on the connection, nothing changes.
   */
  letGo(): void {
    const response = this.#response;
    if (response === null || this.isOver || !(response.socket instanceof HttpSide)) return;
    if (response.socket.newest !== response.req) return;
    const socket = response.socket.release();
    if (socket === null) return;
    this.#response = null;
    this.#socket = socket;
    socket.on('error', ignore);
    // A client that ends its side has left, as it has for node:http; what else it sends is not read.
    socket.on('end', destroySocket);
    socket.once('close', () => this.#end(false));
    socket.resume();
  }

  #write(status: number, fields: readonly string[], json: string): void {
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nDate: ${new Date().toUTCString()}\r\nConnection: close\r\n`;
    for (let at = 0; at < fields.length; at += 2) head += `${fields[at] ?? ''}: ${fields[at + 1] ?? ''}\r\n`;
    this.#socket?.write(`${head}\r\n${json}`, (error) => this.#end(!error));
    this.#socket?.destroySoon();
  }

  #end(written: boolean): void {
    if (this.#over) return;
    this.#over = true;
    for (const listener of this.#listeners ?? []) listener(written);
    this.#listeners = null;
  }
}

function ignore(): void {
  // 'close' follows.
}

function destroySocket(this: Socket): void {
  this.destroy();
}
