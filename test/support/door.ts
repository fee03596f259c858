import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

/** An address that is known before there is a server behind it, and that stays when the server starts anew. */
export interface Door {
  readonly url: string;
  /** Connections lead to this server from now on; null: they are closed at once. */
  leadTo(url: string | null): void;
  close(): Promise<void>;
}

/** A certificate for `localhost` and its key, as PEM. */
export interface DoorCertificate {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** Is told of all bytes that pass: on which connection, and who sent them. */
export type Watcher = (connection: Socket, sender: 'client' | 'server', bytes: Buffer) => void;

export interface DoorOptions {
  /** With it the door speaks TLS. */
  readonly certificate?: DoorCertificate;
  readonly watcher?: Watcher;
}

/** Opens one on a port that the system chooses. It passes bytes on and changes none. */
export async function openDoor({ certificate, watcher }: DoorOptions = {}): Promise<Door> {
  let target: URL | null = null;
  const sockets = new Set<Socket>();
  const lead = (from: Socket) => {
    if (!target) return void from.destroy();
    const to = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [from, to],
      [to, from],
    ] as const) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      if (watcher)
        socket.on('data', (bytes: Buffer) => watcher(from, socket === from ? 'client' : 'server', bytes));
      socket.pipe(other);
    }
  };
  const server: Server = certificate ? createTlsServer(certificate, lead) : createServer(lead);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: certificate ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    leadTo: (url) => (target = url === null ? null : new URL(url)),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
