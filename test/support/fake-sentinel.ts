import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/**
 * Names one master, `mymaster`, whoever asks, and keeps what it was sent: the bytes as they were on the wire, and the commands that it
 * understood.
 */
export class FakeSentinel {
  readonly commands: string[][] = [];
  /** The first byte of each connection: 22 for TLS. (RFC 8446 §5.1) */
  readonly firstBytes: number[] = [];
  readonly #server: Server;
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
    const secure = tls === null ? null : createTlsServer(tls, serve).on('tlsClientError', () => undefined);
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('data', (bytes) => {
        this.firstBytes.push(bytes[0] ?? -1);
        socket.pause();
        socket.unshift(bytes);
        if (secure) secure.emit('connection', socket);
        else serve(socket);
        socket.resume();
      });
    });
  }

  static async start(
    masterPort: number,
    { masterHost = '127.0.0.1', tls = null }: { masterHost?: string; tls?: TlsOptions | null } = {},
  ): Promise<FakeSentinel> {
    const sentinel = new FakeSentinel(masterPort, masterHost, tls);
    await new Promise<void>((resolve, reject) => {
      sentinel.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return sentinel;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** The commands of a RESP request; none where it is something else. */
function readCommands(text: string): string[][] {
  return text
    .split(/(?=\*\d+\r\n)/)
    .filter((part) => part.startsWith('*'))
    .map((part) => [...part.matchAll(/\$\d+\r\n([^\r]*)\r\n/g)].map(([, word = '']) => word));
}

function answer([name = '', ...words]: readonly string[], host: string, port: number): string {
  if (name.toLowerCase() !== 'sentinel') return '+OK\r\n';
  const [what, master] = words;
  if (what === 'get-master-addr-by-name')
    return master === 'mymaster' ? array([host, String(port)]) : '*-1\r\n';
  return '*0\r\n';
}

function array(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}
