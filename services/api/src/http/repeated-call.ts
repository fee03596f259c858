import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpSide } from './detachable-connection.ts';

/** Serves a request of a known head by its body. False when it does not, and the server is to see the request. */
export type ServeRepeated = (side: HttpSide, body: Buffer) => boolean;

/**
 * A request that may come again over its connection with the same head, byte for byte, and another body of the same length: as
 * a program sends that polls, or a dashboard that approves. What the parser of node:http has once taken for a whole request, it
 * would take for one again: so it need not be asked. (Framing: RFC 9112 §6)
 */
export class RepeatedCall {
  readonly #head: Buffer;
  readonly #length: number;
  readonly #serve: ServeRepeated;

  constructor(head: Buffer, bodyLength: number, serve: ServeRepeated) {
    this.#head = head;
    this.#length = head.length + bodyLength;
    this.#serve = serve;
  }

  /** Serves these bytes if they are this request again, nothing less and nothing more. False when they are not served. */
  serve(side: HttpSide, bytes: Buffer): boolean {
    const { length } = this.#head;
    const isRepeated = bytes.length === this.#length && bytes.compare(this.#head, 0, length, 0, length) === 0;
    return isRepeated && this.#serve(side, bytes.subarray(length));
  }
}

/**
 * Lets the connection serve repetitions of this request by itself, once it is answered. Only of one that came in one piece, alone,
 * and whose head asks nothing of the connection.
 */
export function learnToRepeat(
  request: IncomingMessage,
  response: ServerResponse,
  serve: ServeRepeated,
): void {
  const { socket: side, headers, httpVersion } = request;
  const isPlain =
    httpVersion === '1.1' &&
    /^(?:keep-alive)?$/i.test(headers.connection ?? '') &&
    headers.expect === undefined &&
    headers.upgrade === undefined;
  if (!isPlain || !(side instanceof HttpSide)) return;
  const bodyLength = Number(headers['content-length'] ?? 0);
  const head = side.headOfLatest(bodyLength);
  if (head === null) return;
  const { pushes } = side;
  response.once('close', () => {
    if (response.writableFinished && request.complete)
      side.repeat(new RepeatedCall(head, bodyLength, serve), pushes);
  });
}
