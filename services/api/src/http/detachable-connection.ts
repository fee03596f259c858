import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/**
 * Requests of one connection that the server works on at a time, about. A client that pipelines more is read no further until
 * half of them are answered: else a few connections could fill the memory, since the server itself only minds answers that are
 * not read. (RFC 9112 §9.3.2)
 */
const maxUnanswered = 32;

/** Bytes that the server is shown at once: some thirty of the shortest requests. */
const maxShownBytes = 4 * 1024;

/**
 * What the HTTP server sees of a connection. A held wait detaches the socket: the server takes the connection for closed and frees
 * parser, request and response, while the socket lives on. A held wait then keeps 7 KB instead of 17.
 *
 *     open ──────── 32 requests unanswered ────────▶ paused        (the client is read no further)
 *       ◀──────────── 16 requests answered ───────────
 *     open, paused ─ client, server or an error ───▶ closed        (socket and this side are destroyed)
 *     open ───────── detach() ─────────────────────▶ detached      (this side is destroyed, the socket is the caller's)
 */
export class DetachableConnection extends Duplex {
  /** The newest request that the server was shown. */
  newestRequest: IncomingMessage | null = null;
  #socket: Socket | null;
  /** Requests that the server was shown and has not answered. */
  #unanswered = 0;
  /** What was read and is not shown to the server yet. */
  #unshown: Buffer | null = null;
  readonly #onData = (chunk: Buffer) => {
    if (this.#unshown === null) this.#show(chunk);
    else this.#unshown = Buffer.concat([this.#unshown, chunk]);
  };
  readonly #onEnd = () => {
    if (this.#unshown !== null) this.push(this.#unshown);
    this.#unshown = null;
    this.push(null);
  };
  readonly #onTimeout = () => void this.emit('timeout');
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
   * Gives the socket to the caller, without listeners of ours, and closes this side. Null when the socket is gone or the client
   * has sent more, which the server is to answer.
   */
  detach(): Socket | null {
    const socket = this.#socket;
    if (socket === null || socket.destroyed || this.#unshown !== null) return null;
    this.#socket = null;
    socket.off('data', this.#onData);
    socket.off('end', this.#onEnd);
    socket.off('timeout', this.#onTimeout);
    socket.off('error', this.#onError);
    socket.off('close', this.#onClose);
    socket.setTimeout(0);
    this.destroy();
    return socket;
  }

  /** The server was shown another request. */
  requestBegan(request: IncomingMessage): void {
    this.newestRequest = request;
    if (++this.#unanswered >= maxUnanswered) this.#socket?.pause();
  }

  /** The server has answered one. */
  requestAnswered(): void {
    if (--this.#unanswered === maxUnanswered / 2) this.#showRest();
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
    done(error);
  }

  #show(chunk: Buffer): void {
    const shown = chunk.length > maxShownBytes ? chunk.subarray(0, maxShownBytes) : chunk;
    if (shown !== chunk) {
      this.#unshown = chunk.subarray(maxShownBytes);
      // Not at once: the server counts what it was shown a moment later.
      setImmediate(() => this.#showRest());
    }
    if (!this.push(shown) || this.#unshown !== null) this.#socket?.pause();
  }

  #showRest(): void {
    if (this.#socket === null || this.#unanswered >= maxUnanswered) return;
    const rest = this.#unshown;
    this.#unshown = null;
    if (rest !== null) this.#show(rest);
    this.#readOn();
  }

  #readOn(): void {
    if (this.#unshown === null && this.#unanswered < maxUnanswered) this.#socket?.resume();
  }
}

/** Lets the server see its connections through `DetachableConnection`s. (It takes any Duplex for a connection: its documentation) */
export function makeConnectionsDetachable(server: Server): void {
  const handlers = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const connection = new DetachableConnection(socket);
    for (const handle of handlers) handle.call(server, connection);
  });
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!(request.socket instanceof DetachableConnection)) return;
    request.socket.requestBegan(request);
    response.once('close', noteAnswered);
  });
}

/** One listener for all responses, so that a held request keeps none of its own. */
function noteAnswered(this: ServerResponse): void {
  if (this.req.socket instanceof DetachableConnection) this.req.socket.requestAnswered();
}
