import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { array, readCommands } from './resp.ts';

/**
 * Names one master, `mymaster`, to everybody who asks, and keeps what it was sent: the bytes as they were on the wire, and the
 * commands that it understood.
 */
export class FakeSentinel {
  readonly commands: string[][] = [];
  /** The first byte of each connection: 22 for TLS. (RFC 8446 §5.1) */
  readonly firstBytes: number[] = [];
  readonly #server: Server;
  readonly #inner: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(masterPort: number, masterHost: string, tls: TlsOptions | null) {
    const serve = (socket: Socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        for (const command of readCommands(bytes.toString('latin1'))) {
          this.commands.push(command);
          socket.write(answer(command, masterHost, masterPort));
        }
      });
    };
    this.#inner =
      tls === null ? createServer(serve) : createTlsServer(tls, serve).on('tlsClientError', () => undefined);
    // What arrives is seen here before anybody decrypts it.
    this.#server = createServer((client) => {
      client.once('data', (bytes) => this.firstBytes.push(bytes[0] ?? -1));
      const inner = connect(portOf(this.#inner), '127.0.0.1');
      for (const [socket, other] of [
        [client, inner],
        [inner, client],
      ] as const) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => other.destroy());
        socket.pipe(other);
      }
    });
  }

  static async start(
    masterPort: number,
    { masterHost = '127.0.0.1', tls = null }: { masterHost?: string; tls?: TlsOptions | null } = {},
  ): Promise<FakeSentinel> {
    const sentinel = new FakeSentinel(masterPort, masterHost, tls);
    for (const server of [sentinel.#inner, sentinel.#server]) {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject).listen(0, '127.0.0.1', resolve);
      });
    }
    return sentinel;
  }

  get port(): number {
    return portOf(this.#server);
  }

  async stop(): Promise<void> {
    const closed = [this.#server, this.#inner].map(
      (server) => new Promise((resolve) => server.close(resolve)),
    );
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

function answer([name = '', ...words]: readonly string[], host: string, port: number): string {
  if (name.toLowerCase() !== 'sentinel') return '+OK\r\n';
  const [what, master] = words;
  if (what === 'get-master-addr-by-name')
    return master === 'mymaster' ? array([host, String(port)]) : '*-1\r\n';
  return '*0\r\n';
}
