import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { DetachableConnection } from './detachable-connection.ts';
import type { RequestMeasure } from './request-metrics.ts';
import { writeToClient } from './write-to-client.ts';

/**
 * How long the last byte of an answer is held back if the client has ended its side. A client that has left has reset the connection
 * by then.
 */
const proofOfLifeMs = 500;

/** Called once when a request ends: `written` if its answer was written out, else the client left before. */
export type EndListener = (written: boolean) => void;

/**
 * Writes the one answer to a call, in one piece: to the response; or, if the call is held and has released its HTTP objects, as
 * text to the socket, which then closes.
 */
export class Reply {
  #response: ServerResponse | null;
  #socket: Socket | null = null;
  /** Name, value, name, value: the headers of every answer to this request. */
  readonly #headers: string[];
  #listeners: EndListener[] | null = null;
  readonly #measure: Pick<RequestMeasure, 'answered'>;
  /** The request asked to be held, and is. */
  isHeld = false;
  #sent = false;

  constructor(response: ServerResponse, headers: string[], measure: Pick<RequestMeasure, 'answered'>) {
    this.#measure = measure;
    this.#response = response;
    this.#headers = headers;
  }

  /** The client is gone, or was answered. */
  get isOver(): boolean {
    return this.#sent || (this.#socket ?? this.#response)?.destroyed === true;
  }

  /** The client has ended its side: it reads on, or it has left. */
  get hasClientEnded(): boolean {
    if (this.#socket !== null) return this.#socket.readableEnded;
    const connection = this.#response?.socket;
    return connection instanceof DetachableConnection && connection.hasClientEnded;
  }

  /** The request is pipelined behind another, so that the time of its answer is unknown. */
  get isQueued(): boolean {
    return this.#response !== null && this.#response.socket === null;
  }

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
    this.#measure.answered(status, this.isHeld);
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
    // Only on the bare socket is it known what became of each byte.
    if (this.#listeners !== null && this.hasClientEnded) this.detachSocket();
    if (this.#response) this.#response.writeHead(status, all).end(json, encoding);
    else this.#write(status, all, json);
  }

  /**
   * Releases all HTTP objects of a request and keeps only the socket; the connection ends with the answer.
   * Does nothing if another request follows on the connection. Calls the listener if the client ends its side.
   */
  detachSocket(onClientEnd: () => void = ignore): void {
    const connection = this.#response?.socket;
    if (!(connection instanceof DetachableConnection)) return;
    if (connection.newestRequest !== this.#response?.req) return;
    const socket = connection.detach();
    if (socket === null) return;
    this.#response = null;
    this.#socket = socket;
    socket.on('error', ignore);
    // Further bytes are ignored.
    socket.on('end', onClientEnd);
    socket.once('close', () => this.#end(false));
    socket.resume();
  }

  #write(status: number, headers: readonly string[], json: string): void {
    const socket = this.#socket;
    if (socket === null) return;
    const bytes = Buffer.from(answerText(status, headers, json));
    if (!this.hasClientEnded || this.#listeners === null) return this.#writeLast(socket, bytes);
    // Bytes that reach a client that has left come back as a reset of the connection, and the last one cannot be written.
    socket.write(bytes.subarray(0, -1));
    setTimeout(() => this.#writeLast(socket, bytes.subarray(-1)), proofOfLifeMs);
  }

  #writeLast(socket: Socket, bytes: Uint8Array): void {
    writeToClient(socket, bytes, 'latin1', (error) => this.#end(!error));
    socket.destroySoon();
  }

  #end(written: boolean): void {
    const listeners = this.#listeners ?? [];
    this.#listeners = null;
    for (const listener of listeners) listener(written);
  }
}

/** A complete answer as wire text, the last on its connection. (RFC 9112 §4) */
function answerText(status: number, headers: readonly string[], json: string): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nDate: ${new Date().toUTCString()}\r\nConnection: close\r\n`;
  for (let at = 0; at < headers.length; at += 2) head += `${headers[at] ?? ''}: ${headers[at + 1] ?? ''}\r\n`;
  return `${head}\r\n${json}`;
}

function ignore(): void {
  // 'close' follows.
}
