import type { Server } from 'node:http';

/** A request must arrive in full within this time, so that no slow sender keeps a connection forever. */
const requestTimeoutMs = 30_000;

/** Longer than load balancers keep idle connections, so that the balancer closes them. */
const keepAliveTimeoutMs = 75_000;

/** Starts to accept connections. Rejects with a sentence if the port is taken. */
export async function listen(server: Server, port: number): Promise<void> {
  server.requestTimeout = requestTimeoutMs;
  server.headersTimeout = requestTimeoutMs;
  server.keepAliveTimeout = keepAliveTimeoutMs;
  const listening = Promise.withResolvers<void>();
  const fail = (error: NodeJS.ErrnoException) =>
    listening.reject(
      error.code === 'EADDRINUSE' ? new Error(`Port ${port} is taken; set PORT to another one.`) : error,
    );
  server.once('error', fail);
  server.listen({ port, backlog: 4096 }, listening.resolve);
  await listening.promise;
  server.off('error', fail);
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
