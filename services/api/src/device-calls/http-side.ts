import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/**
 * What the HTTP server sees of a connection: all bytes go through, until the connection is released. Then the server takes
 * it for closed and frees parser, request and response, while the socket lives on: a held wait keeps 7 KB instead of 17.
 */
export class HttpSide extends Duplex {
  /** The newest request that came over the connection. */
  newest: IncomingMessage | null = null;
  #socket: Socket | null;
  readonly #onData = (chunk: Buffer) => {
    if (!this.push(chunk)) this.#socket?.pause();
  };
  readonly #onEnd = () => void this.push(null);
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

  /** Gives the socket back, silent and without listeners of ours, and closes this side. Null when it is gone. */
  release(): Socket | null {
    const socket = this.#socket;
    if (socket === null || socket.destroyed) return null;
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
    this.#socket?.resume();
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
}

/** Lets the server see its connections through `HttpSide`s. (It takes any Duplex for a connection: its documentation) */
export function behindHttpSides(server: Server): void {
  const handlers = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const side = new HttpSide(socket);
    for (const handle of handlers) handle.call(server, side);
  });
  server.prependListener('request', (request: IncomingMessage) => {
    if (request.socket instanceof HttpSide) request.socket.newest = request;
  });
}
