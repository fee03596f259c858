/** A complete HTTP answer. An unreadable one has status 0 and the reason as its body. */
export interface Answer {
  readonly status: number;
  /** Status line and header fields, unparsed. */
  readonly head: string;
  readonly body: string;
}

const endOfHead = '\r\n\r\n';

/** The product's answers are small. A longer one comes from something else, and must not fill the memory. */
const longestBytes = 1_000_000;

/**
 * Reads one HTTP/1.1 answer from the bytes that a connection has received so far; null while it is incomplete. Knows
 * answers with a length, chunked ones and those without a body: enough for a server and a load balancer before it.
 */
export function readAnswer(bytes: Buffer): Answer | null {
  const answer = read(bytes);
  if (answer !== null || bytes.length <= longestBytes) return answer;
  return { status: 0, head: '', body: `longer than ${longestBytes} bytes` };
}

function read(bytes: Buffer): Answer | null {
  const headEnd = bytes.indexOf(endOfHead);
  if (headEnd < 0) return null;
  const head = bytes.toString('latin1', 0, headEnd);
  const status = Number(head.slice(9, 12));
  const bodyAt = headEnd + endOfHead.length;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    const end = bodyAt + Number(length);
    return bytes.length < end ? null : { status, head, body: bytes.toString('utf8', bodyAt, end) };
  }
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
    const body = readChunks(bytes, bodyAt);
    if (body === malformed) return { status: 0, head, body: 'a chunk without a size' };
    return body === null ? null : { status, head, body };
  }
  return { status, head, body: '' };
}

const malformed = Symbol('malformed');

/** The joined chunks from `at` on; null while the last one is missing. (RFC 9112 §7.1) */
function readChunks(bytes: Buffer, at: number): string | null | typeof malformed {
  const chunks: Buffer[] = [];
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (!(size >= 0)) return malformed;
    const end = lineEnd + 2 + size;
    if (bytes.length < end + 2) return null;
    if (size === 0) return Buffer.concat(chunks).toString('utf8');
    chunks.push(bytes.subarray(lineEnd + 2, end));
    at = end + 2;
  }
}

/** Whether the server will close the connection after this answer. */
export function closesConnection(answer: Answer): boolean {
  return answer.status === 0 || /\r\nconnection: *close/i.test(answer.head);
}
