import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Target } from './target.ts';
import { countReceived, countSent } from './traffic.ts';

/** The events of a socket. Exactly one `closed` comes last. */
export interface SocketListener {
  opened(): void;
  /** The bytes are valid only during the call: their memory is read into again. */
  received(bytes: Buffer): void;
  /** `reason` is a system error code such as ECONNRESET, or `closed`. */
  closed(reason: string): void;
}

/** The buffer of all sockets: bytes are consumed at once, so that a waiting socket needs no buffer. */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/** Opens a socket to the target, from `localAddress` if given. */
export function openSocket(
  target: Target,
  localAddress: string | undefined,
  listener: SocketListener,
): Socket {
  const { host, port } = target;
  const from = localAddress === undefined ? {} : { localAddress };
  const socket = target.tls
    ? connectTls({ host, port, servername: new URL(`https://${target.authority}`).hostname, ...from }, () =>
        listener.opened(),
      )
    : connectTcp(
        {
          host,
          port,
          noDelay: true,
          ...from,
          onread: { buffer: readBuffer, callback: intoListener(listener) },
        },
        () => listener.opened(),
      );
  if (target.tls) {
    socket.on('data', (bytes: Buffer) => {
      countReceived(bytes.length);
      listener.received(bytes);
    });
  }
  let reason = 'closed';
  socket.on('error', (error: NodeJS.ErrnoException) => {
    reason = error.code ?? error.message;
  });
  socket.on('close', () => listener.closed(reason));
  return socket;
}

/** Sends a request, whose characters are ASCII. */
export function send(socket: Socket, text: string): void {
  countSent(text.length);
  socket.write(text, 'latin1');
}

function intoListener(listener: SocketListener): (length: number, buffer: Uint8Array) => boolean {
  return (length) => {
    countReceived(length);
    listener.received(readBuffer.subarray(0, length));
    return true;
  };
}
