import type { Server } from 'node:http';

/** Longest time in which a request must have arrived in full: no slow sender holds a connection for ever. */
const requestTimeoutMs = 30_000;

/** Idle connections are kept longer than load balancers do, so that it is they who close. */
const keepAliveTimeoutMs = 75_000;

/** Starts to accept. Rejects with a sentence when the port is taken. */
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
 * Stops accepting, lets `answerHeld` answer what is held, and resolves when every request is answered. Connections are
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
