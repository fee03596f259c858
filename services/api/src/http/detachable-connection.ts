import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { RepeatedCall } from './repeated-call.ts';

/** Who answers a request that the server does not see; is told when the client leaves before. */
export interface DirectAnswerer {
  left(): void;
}

/** Bytes that are read ahead of an answer. */
const mostWaitingBytes = 64 * 1024;

/**
 * Requests of one connection that the server works on at a time, about. Of a client that pipelines more no more is read: else a few
 * connections could fill memory, since the server itself only minds answers that are not read. (RFC 9112 §9.3.2)
 */
const mostUnanswered = 32;

/** Bytes that the server is shown at once: some thirty of the shortest requests. */
const mostAtOnceBytes = 4 * 1024;

const endOfHead = '\r\n\r\n';

/**
 * What the HTTP server sees of a connection: all bytes go through, until the connection is released. Then the server takes
 * it for closed and frees parser, request and response, while the socket lives on: a held wait keeps 7 KB instead of 17.
 *
 * A request that repeats one which the server has answered is served here (`RepeatedCall`). What comes meanwhile waits.
 */
export class HttpSide extends Duplex {
  /** The newest request that the server was shown. */
  newest: IncomingMessage | null = null;
  /** How often bytes went to the server. */
  pushes = 0;
  #socket: Socket | null;
  /** The server's parser stands between two requests: all that it was given were whole ones. */
  #isBetween = true;
  /** What goes to the server in this moment, where it begins a request. */
  #latest: Buffer | null = null;
  #known: RepeatedCall | null = null;
  #serving: DirectAnswerer | null = null;
  #waiting: Buffer[] | null = null;
  /** Requests that the server was shown and has not answered. */
  #unanswered = 0;
  /** What was read and is not shown to the server yet. */
  #rest: Buffer | null = null;
  readonly #onData = (chunk: Buffer) => {
    if (this.#rest !== null) this.#rest = Buffer.concat([this.#rest, chunk]);
    else if (this.#serving !== null) this.#wait(chunk);
    // The server knows what to do with a client that does not read.
    else if (!this.#isBetween || this.#socket?.writableNeedDrain || this.#known?.serve(this, chunk) !== true)
      this.#toServer(chunk);
  };
  readonly #onEnd = () => {
    // A client that ends its side has left, as it has for the server, which now ends the other.
    this.#left();
    if (this.#rest !== null) this.push(this.#rest);
    this.#rest = null;
    this.push(null);
  };
  readonly #onTimeout = () => {
    // The server takes the connection for idle.
    if (this.#serving === null) this.emit('timeout');
  };
  readonly #onError = (error: Error) => void this.destroy(error);
  readonly #onClose = () => void this.destroy();

  constructor(socket: Socket) {
    super({ decodeStrings: false });
    this.#socket = socket;
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('timeout', this.#onTimeout);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
  }

  get remoteAddress(): string | undefined {
    return this.#socket?.remoteAddress;
  }

  /**
   * Gives the socket back, silent and without listeners of ours, and closes this side. Null when it is gone, or another request
   * waits on it.
   */
  release(): Socket | null {
    const socket = this.#socket;
    if (socket === null || socket.destroyed || this.#waiting !== null || this.#rest !== null) return null;
    this.#socket = null;
    this.#serving = null;
    socket.off('data', this.#onData);
    socket.off('end', this.#onEnd);
    socket.off('timeout', this.#onTimeout);
    socket.off('error', this.#onError);
    socket.off('close', this.#onClose);
    socket.setTimeout(0);
    this.destroy();
    return socket;
  }

  /**
   * The head of the request that the server is just being shown, with the empty line that ends it; null unless the request came in
   * one piece, alone, and with a body of this length.
   */
  headOfLatest(bodyLength: number): Buffer | null {
    const chunk = this.#latest;
    if (chunk === null) return null;
    const length = chunk.length - bodyLength;
    return chunk.indexOf(endOfHead) === length - endOfHead.length
      ? Buffer.from(chunk.subarray(0, length))
      : null;
  }

  /** Serves repetitions of this call from now on, unless more has gone to the server since it was shown the call. */
  repeat(call: RepeatedCall, pushes: number): void {
    if (this.pushes !== pushes) return;
    this.#known = call;
    this.#isBetween = true;
  }

  /** The server was shown another request. */
  began(): void {
    if (++this.#unanswered >= mostUnanswered) this.#socket?.pause();
  }

  /** The server has answered one. */
  answered(): void {
    if (--this.#unanswered === mostUnanswered / 2) this.#showRest();
  }

  /** A request is served here: until it is answered, or the connection released, the next ones wait. */
  beginServing(answerer: DirectAnswerer): void {
    this.#serving = answerer;
  }

  /** Writes the answer to the request that is served here. `done`: told whether it was written out. */
  answer(text: string, isLast: boolean, done?: (error?: Error | null) => void): void {
    this.#serving = null;
    this.#socket?.write(text, done);
    if (isLast) return this.destroySoon();
    const waiting = this.#waiting;
    if (waiting !== null) {
      this.#waiting = null;
      this.#socket?.resume();
      waiting.forEach(this.#onData);
    }
  }

  setTimeout(ms: number): this {
    this.#socket?.setTimeout(ms);
    return this;
  }

  /** Closes once all is written, as sockets do: the server calls it after the last answer. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  override _read(): void {
    this.#readOn();
  }

  override _write(chunk: Buffer | string, encoding: BufferEncoding, done: (error?: Error | null) => void) {
    if (this.#socket === null) done();
    else this.#socket.write(chunk, encoding, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#socket === null) done();
    else this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket?.destroy();
    this.#socket = null;
    this.#left();
    done(error);
  }

  #left(): void {
    const serving = this.#serving;
    this.#serving = null;
    serving?.left();
  }

  /** Reads on, so that it is noticed when the client leaves; up to a bound. */
  #wait(chunk: Buffer): void {
    this.#waiting ??= [];
    this.#waiting.push(chunk);
    const bytes = this.#waiting.reduce((sum, { length }) => sum + length, 0);
    if (bytes > mostWaitingBytes) this.#socket?.pause();
  }

  #toServer(chunk: Buffer): void {
    this.#known = null;
    const shown = chunk.length > mostAtOnceBytes ? chunk.subarray(0, mostAtOnceBytes) : chunk;
    this.#latest = this.#isBetween && shown === chunk ? chunk : null;
    this.#isBetween = false;
    this.pushes++;
    if (shown !== chunk) {
      this.#rest = chunk.subarray(mostAtOnceBytes);
      // Not at once: the server counts what it was shown a moment later.
      setImmediate(() => this.#showRest());
    }
    if (!this.push(shown) || this.#rest !== null) this.#socket?.pause();
    this.#latest = null;
  }

  #showRest(): void {
    const rest = this.#rest;
    if (this.#socket === null || this.#unanswered >= mostUnanswered) return;
    this.#rest = null;
    if (rest !== null) this.#toServer(rest);
    this.#readOn();
  }

  #readOn(): void {
    if (this.#rest === null && this.#unanswered < mostUnanswered) this.#socket?.resume();
  }
}

/** Lets the server see its connections through `HttpSide`s. (It takes any Duplex for a connection: its documentation) */
export function behindHttpSides(server: Server): void {
  const handlers = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const side = new HttpSide(socket);
    for (const handle of handlers) handle.call(server, side);
  });
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket: side } = request;
    if (!(side instanceof HttpSide)) return;
    side.newest = request;
    side.began();
    response.once('close', answered);
  });
}

/** One listener for all responses, so that a held request keeps none of its own. */
function answered(this: ServerResponse): void {
  if (this.req.socket instanceof HttpSide) this.req.socket.answered();
}
