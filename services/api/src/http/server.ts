import type { Server } from 'node:http';
import { type Clock, steadyClock } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';

/** A request must arrive in full within this time, so that no slow sender keeps a connection forever. */
const requestTimeoutMs = 30_000;

export interface ListenOptions {
  readonly port: number;
  /** An address of this machine; null for all. */
  readonly bindAddress: string | null;
  /** How long an idle connection stays open. */
  readonly keepAliveSeconds: number;
  /** Further connections are closed at once. */
  readonly maxConnections: number;
}

/** Starts to accept connections. Rejects with a sentence if it cannot listen there. */
export async function listen(server: Server, options: ListenOptions): Promise<void> {
  const { port, bindAddress, keepAliveSeconds, maxConnections } = options;
  server.requestTimeout = requestTimeoutMs;
  server.headersTimeout = requestTimeoutMs;
  server.keepAliveTimeout = keepAliveSeconds * 1000;
  if (Number.isFinite(maxConnections)) server.maxConnections = maxConnections;
  const listening = Promise.withResolvers<void>();
  const fail = (error: NodeJS.ErrnoException) => listening.reject(explain(error, options));
  server.once('error', fail);
  server.listen(
    { port, backlog: 4096, ...(bindAddress === null ? {} : { host: bindAddress }) },
    listening.resolve,
  );
  await listening.promise;
  server.off('error', fail);
}

function explain(error: NodeJS.ErrnoException, { port, bindAddress }: ListenOptions): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new Error(`Port ${port} is taken; set PORT to another one.`);
    case 'EADDRNOTAVAIL':
      return new Error(`BIND_ADDRESS: ${bindAddress} is no address of this machine.`);
    case 'EACCES':
      return new Error(`Port ${port} may not be used by this user; set PORT to one above 1023.`);
    case undefined:
    default:
      return error;
  }
}

/** The shortest time between two log lines about connections that are not served. */
const warnEveryMs = 60_000;

/**
 * Logs that connections above the maximum are closed, or that the system cannot hand one over, as without memory for it. Without a listener
 * the second would end the process, with all requests that it holds. `clock` only goes forward.
 */
export function warnOfUnservedConnections(server: Server, logger: Logger, clock: Clock = steadyClock): void {
  const dropped = 'connections are closed: as many are open as the limit of open files allows';
  const warnOfDropped = warner(dropped, logger, clock);
  const warnOfFailed = warner('a connection could not be accepted', logger, clock);
  server.on('drop', () => warnOfDropped({ maxConnections: server.maxConnections }));
  server.on('error', (error) => warnOfFailed({ error }));
}

/** Logs this sentence, at most once a minute. */
function warner(sentence: string, logger: Logger, clock: Clock): (fields: object) => void {
  let warnedMs = Number.NEGATIVE_INFINITY;
  return (fields) => {
    if (clock.nowMs() - warnedMs < warnEveryMs) return;
    warnedMs = clock.nowMs();
    logger.warn(fields, sentence);
  };
}

/**
 * Stops accepting, calls `answerHeld` for the held requests, and resolves when every request is answered. Connections are
 * closed after their answer, idle ones at once, so that clients go to another instance.
 */
export async function closeServer(server: Server, answerHeld: () => void): Promise<void> {
  server.prependListener('request', (_request, response) => {
    response.setHeader('Connection', 'close');
  });
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  answerHeld();
  const idle = setInterval(() => server.closeIdleConnections(), 100);
  await closed;
  clearInterval(idle);
}
