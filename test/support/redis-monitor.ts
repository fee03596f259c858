import { connect, type Socket } from 'node:net';
import { eventually } from './eventually.ts';

/**
 * Every command that a Redis is sent, as its MONITOR tells it. Read without ioredis, which fails where the first commands come together
 * with the answer to MONITOR.
 */
export class RedisMonitor {
  readonly #socket: Socket;
  #text = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8').on('data', (chunk: string) => (this.#text += chunk));
  }

  /** Resolves once all commands from now on are seen. */
  static async open(url: string): Promise<RedisMonitor> {
    const { hostname, port } = new URL(url);
    const monitor = new RedisMonitor(connect(Number(port), hostname));
    monitor.#socket.write('MONITOR\r\n');
    await eventually('Redis tells its commands', () => monitor.#text.startsWith('+OK'));
    return monitor;
  }

  /** The commands so far, a line each, with each word in quotes. */
  text(): string {
    return this.#text;
  }

  close(): void {
    this.#socket.destroy();
  }
}
