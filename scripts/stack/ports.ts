import { createServer } from 'node:net';

/** Whether a server could listen on the port now, on every address. Rejects if this user may not listen on it. */
export async function isPortFree(port: number): Promise<boolean> {
  try {
    await listenOnce(port);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false;
    throw error;
  }
}

/** A free port, for programs that cannot report the port they got for 0. Another program may take it meanwhile. */
export function freePort(): Promise<number> {
  return listenOnce(0);
}

function listenOnce(port: number): Promise<number> {
  const server = createServer();
  const listened = Promise.withResolvers<number>();
  server.once('error', listened.reject);
  server.listen(port, () => {
    const address = server.address();
    const taken = typeof address === 'object' && address ? address.port : port;
    server.close(() => listened.resolve(taken));
  });
  return listened.promise;
}
