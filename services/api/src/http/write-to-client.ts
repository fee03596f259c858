import type { Socket } from 'node:net';

/** How long what is written may wait for a client that does not read; a second more for each KB, since some read slowly. */
const maxUnreadMs = 30_000;
const msForByte = 1;

/**
 * Writes to a client. One that does not read loses its connection after a while: it would keep that, and what is written, for as long as it
 * likes.
 */
export function writeToClient(
  socket: Socket,
  chunk: Uint8Array | string,
  encoding: BufferEncoding,
  done: (error?: Error | null) => void,
): void {
  let unread: NodeJS.Timeout | undefined;
  socket.write(chunk, encoding, (error) => {
    clearTimeout(unread);
    done(error);
  });
  // Nearly always the system has taken it by now.
  const { writableLength } = socket;
  if (writableLength > 0)
    unread = setTimeout(() => socket.resetAndDestroy(), maxUnreadMs + writableLength * msForByte);
}
