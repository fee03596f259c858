import { connect, type Socket } from 'node:net';
import { eventually } from './eventually.ts';
import type { ServiceProcess } from './services.ts';

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A connection to an api over which a test writes what it wants, byte for byte. */
export class RawConnection {
  readonly #socket: Socket;
  #received = '';
  #answers = 0;
  /** The other side has ended the connection. */
  ended = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    // One character a byte, as lengths are counted.
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => (this.#received += text));
    for (const end of ['end', 'close']) socket.on(end, () => (this.ended = true));
    socket.on('error', () => undefined);
  }

  static async open(apiUrl: string): Promise<RawConnection> {
    const { hostname, port } = new URL(apiUrl);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true });
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new RawConnection(socket);
  }

  /** All that has come. */
  get received(): string {
    return this.#received;
  }

  write(text: string): void {
    this.#socket.write(text);
  }

  /** Writes, and resolves once the bytes are with the other side's system. */
  async deliver(text: string): Promise<void> {
    await new Promise((resolve) => this.#socket.write(text, resolve));
  }

  /** Reads nothing more. */
  pause(): void {
    this.#socket.pause();
  }

  /** Ends this half of the connection. */
  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Leaves as a program that dies does: the other side hears at once that nobody is there. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** The next answer that was not taken yet, once it has arrived in full. */
  async next(): Promise<RawAnswer> {
    const number = ++this.#answers;
    return eventually('the next answer has come', () => readAnswers(this.#received)[number - 1]);
  }

  /** Writes a request and takes its answer. */
  ask(text: string): Promise<RawAnswer> {
    this.write(text);
    return this.next();
  }
}

/**
 * Sends each request over a connection of its own, so that the service finds all of them at once: it is frozen until they are there. On a
 * busy machine they would come one after the other. Resolves to the connections, on which the answers come.
 */
export async function sendAtOnce(
  service: Pick<ServiceProcess, 'url' | 'freeze' | 'thaw'>,
  requests: readonly string[],
): Promise<readonly RawConnection[]> {
  const connections = await Promise.all(requests.map(() => RawConnection.open(service.url)));
  service.freeze();
  await Promise.all(connections.map((connection, index) => connection.deliver(requests[index] ?? '')));
  service.thaw();
  return connections;
}

/** A request with a JSON body, as a program writes it that keeps its connection. */
export function post(path: string, body: string, fields: readonly string[] = []): string {
  return [
    `POST ${path} HTTP/1.1`,
    'Host: login.localhost',
    'Content-Type: application/json',
    ...fields,
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}

function readAnswers(text: string): readonly RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let at = 0; ;) {
    const headEnd = text.indexOf('\r\n\r\n', at);
    if (headEnd < 0) return answers;
    const [line = '', ...fields] = text.slice(at, headEnd).split('\r\n');
    const headers = Object.fromEntries(
      fields.map((field) => {
        const colon = field.indexOf(':');
        return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()] as const;
      }),
    );
    const bodyAt = headEnd + 4;
    const length = Number(headers['content-length'] ?? 0);
    if (text.length < bodyAt + length) return answers;
    answers.push({ status: Number(line.split(' ')[1]), headers, body: text.slice(bodyAt, bodyAt + length) });
    at = bodyAt + length;
  }
}
