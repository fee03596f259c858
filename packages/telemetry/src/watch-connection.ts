import type { EventEmitter } from 'node:events';
import type { Logger } from 'pino';
import { onServerLost, type ServerConnection } from './server-connection.ts';

/** A server of a Cluster that is lost for longer is named again after this time; one that was back in between, at once. */
const repeatAfterMs = 60_000;

/** What fails so shortly before a connection ends is why it ends. */
const whyWithinMs = 500;

/** What a connection is for, and where its Redis is. */
interface WatchedConnection {
  readonly role: string;
  readonly place: string;
}

/**
 * Logs one line when a connection to Redis is lost and one when it is back, no matter how many attempts come between. A Cluster
 * goes on while one of its servers is lost: that has a line of its own.
 */
export function watchConnection(
  connection: EventEmitter,
  { role, place }: WatchedConnection,
  logger: Logger,
): void {
  let lost = false;
  connection.on('error', (error: Error & { code?: string }) => {
    if (lost) return;
    lost = true;
    logger.warn(
      { role, server: place, reason: error.code ?? error.message },
      'redis is away; trying again until it is back',
    );
  });
  const named = new Map<string, number>();
  const loseServer = (server: string, reason: string) => {
    const nowMs = performance.now();
    if (nowMs - (named.get(server) ?? Number.NEGATIVE_INFINITY) < repeatAfterMs) return;
    named.set(server, nowMs);
    logger.warn(
      { role, server, reason },
      'redis is away: a connection to one server of the Cluster was lost',
    );
  };
  /** Servers to which there is a connection, with what failed there last. */
  const connected = new Map<string, { readonly reason: string; readonly atMs: number } | null>();
  connection.on('node error', (error: Error & { code?: string }, server: string) => {
    const reason = error.code ?? error.message;
    // The table of slots is read over another connection, and late on a busy machine. This one has its line when it ends.
    if (connected.has(server)) connected.set(server, { reason, atMs: performance.now() });
    else loseServer(server, reason);
  });
  connection.on('+node', (server: ServerConnection) => {
    const name = `${server.options.host}:${server.options.port}`;
    server.on('ready', () => {
      named.delete(name);
      connected.set(name, null);
    });
    onServerLost(server, () => {
      const last = connected.get(name);
      const isWhy = last && performance.now() - last.atMs < whyWithinMs;
      loseServer(name, isWhy ? last.reason : 'Connection is closed.');
    });
    server.on('close', () => connected.delete(name));
  });
  connection.on('ready', () => {
    if (lost) logger.info({ role }, 'redis is back');
    lost = false;
  });
}
