import { connect, type Socket } from 'node:net';
import { eventually } from './eventually.ts';
import { untilTestEnd } from './jest/test-end.mjs';

/**
 * Every command that a Redis is sent, as its MONITOR tells it, until the test ends. Read without ioredis, which fails where the first
 * commands come together with the answer to MONITOR.
 */
export class RedisMonitor {
  readonly #url: URL;
  readonly #socket: Socket;
  #text = '';

  private constructor(url: URL) {
    this.#url = url;
    this.#socket = openSocket(url);
    this.#socket.setEncoding('utf8').on('data', (chunk: string) => (this.#text += chunk));
    untilTestEnd().addEventListener('abort', () => this.#socket.destroy());
  }

  /** Resolves once all commands from now on are seen. */
  static async open(url: string): Promise<RedisMonitor> {
    const monitor = new RedisMonitor(new URL(url));
    monitor.#socket.write('MONITOR\r\n');
    await eventually('Redis tells its commands', () => monitor.#text.startsWith('+OK'));
    return monitor;
  }

  /** The commands so far, a line each, with each word in quotes. Resolves once all that were sent before are among them. */
  async text(): Promise<string> {
    const mark = `seen until ${process.hrtime.bigint()}`;
    const socket = openSocket(this.#url);
    socket.write(`ECHO "${mark}"\r\n`);
    await eventually('Redis tells of the last command', () => this.#text.includes(mark));
    socket.destroy();
    return this.#text;
  }
}

function openSocket({ hostname, port }: URL): Socket {
  return connect(Number(port), hostname);
}
