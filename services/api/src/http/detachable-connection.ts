import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { writeToClient } from './write-to-client.ts';

/**
 * The approximate maximum of unanswered requests on one connection. A client that pipelines more is not read until half of
 * them are answered. Otherwise a few connections could fill the memory, since the server itself only limits answers that
 * the client does not read. (RFC 9112 §9.3.2)
 */
const maxUnanswered = 32;

/** How long a client that has ended its side still gets an answer. It may have left, so the server must not work for it any longer. */
const halfClosedMs = 5_000;

/** Bytes that the server gets at once: about thirty of the shortest requests. */
const maxShownBytes = 4 * 1024;

/**
 * The connection as the HTTP server sees it. A held wait detaches the socket: the server treats the connection as closed and frees
 * parser, request and response, while the socket stays open. A held wait then keeps 7 KB instead of 17.
 *
 *     open ──────── 32 requests unanswered ────────▶ paused        (the client is not read)  
 *       ◀──────────── 16 requests answered ───────────
 *     open, paused ─ client, server or an error ───▶ closed        (socket and this side are destroyed)
 *     open ───────── detach() ─────────────────────▶ detached      (this side is destroyed, the socket is the caller's)
 *
 * A client may end its side after a request, as `nc -N` does: the server learns it when that request is answered, not before.
 */
export class DetachableConnection extends Duplex {
  /** The newest request that the server received. */
  newestRequest: IncomingMessage | null = null;
  #socket: Socket | null;
  /** Requests that the server received and has not answered. */
  #unanswered = 0;
  /** The client has ended its side. */
  #clientEnded = false;
  /** Bytes that were read and not yet passed to the server. */
  #unshown: Buffer | null = null;
  readonly #onData = (chunk: Buffer) => {
    if (this.#unshown === null) this.#show(chunk);
    else this.#unshown = Buffer.concat([this.#unshown, chunk]);
  };
  readonly #onEnd = () => {
    this.#clientEnded = true;
    if (this.#unshown !== null) this.push(this.#unshown);
    this.#unshown = null;
    // The server would end its own side now, and never answer. A request that broke off gets no answer anyway.
    if (this.#unanswered === 0 || this.newestRequest?.complete !== true) this.push(null);
    else setTimeout(() => this.push(null), halfClosedMs).unref();
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

  /** The client has ended its side: it may still read, or it has left. */
  get hasClientEnded(): boolean {
    return this.#clientEnded;
  }

  /**
   * Gives the socket to the caller, without our listeners, and closes this side. Null if the socket is gone, or if the client
   * has sent more that the server must answer.
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

  /** The server received another request. */
  requestBegan(request: IncomingMessage): void {
    this.newestRequest = request;
    if (++this.#unanswered >= maxUnanswered) this.#socket?.pause();
  }

  /** The server has answered one. */
  requestAnswered(): void {
    if (--this.#unanswered === maxUnanswered / 2) this.#showRest();
    if (this.#clientEnded && this.#unanswered === 0) this.push(null);
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

  override _write(
    chunk: Buffer | string,
    encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    if (this.#socket === null) done();
    else writeToClient(this.#socket, chunk, encoding, done);
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
      // Deferred, because the server counts received requests a moment later.
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

/** A server whose connections are detachable. `handle` answers a request, and never rejects. */
export function createDetachableServer(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Server {
  const server = createServer({ connectionsCheckingInterval: 5_000 }, (request, response) => {
    void handle(request, response);
  });
  makeConnectionsDetachable(server);
  return server;
}

/** Wraps the server's connections in `DetachableConnection`s. Node documents that any Duplex may be a connection. */
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

/** One listener for all responses, so that no held request keeps a closure. */
function noteAnswered(this: ServerResponse): void {
  if (this.req.socket instanceof DetachableConnection) this.req.socket.requestAnswered();
}
