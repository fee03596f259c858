import { createServer, type Server, type Socket } from 'node:net';
import { array, bulk, readCommands } from './resp.ts';

/** What a server replies to a command, in RESP; null for what a healthy one would, empty for nothing at all. */
type Answer = (command: readonly string[]) => string | null;

/** A Redis, alone or the only node of a Cluster, that holds nothing and answers as a test says. */
export class FakeRedis {
  /** What it was asked, in lower case. */
  readonly commands: string[] = [];
  /** How many connections were opened. */
  opened = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(answer: Answer) {
    this.#server = createServer((socket) => {
      this.opened++;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        for (const command of readCommands(bytes.toString())) {
          this.commands.push(command.join(' ').toLowerCase());
          socket.write(answer(command) ?? this.#healthy(command));
        }
      });
    });
  }

  static async start(answer: Answer = () => null): Promise<FakeRedis> {
    const redis = new FakeRedis(answer);
    await new Promise<void>((resolve, reject) => {
      redis.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return redis;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  /** How many connections are open. */
  get open(): number {
    return this.#sockets.size;
  }

  /** Ends the connections that are open. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.cut();
    await closed;
  }

  #healthy(command: readonly string[]): string {
    switch (command.slice(0, 2).join(' ').toLowerCase()) {
      case 'ping':
        return '+PONG\r\n';
      case 'info':
        return bulk('redis_version:7.4.0\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\n');
      case 'time':
        return array([String(Math.floor(Date.now() / 1000)), '0']);
      case 'cluster info':
        return bulk('cluster_state:ok\r\n');
      case 'cluster slots':
        return `*1\r\n*3\r\n:0\r\n:16383\r\n*3\r\n${bulk('127.0.0.1')}:${this.port}\r\n${bulk('itself')}`;
      default:
        return '+OK\r\n';
    }
  }
}
