import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections: none of those can take a port before its service does. */
const lowest = 10_240;

/** Each worker of jest draws from ports of its own. */
const workers = 16;
const portsPerWorker = 1_400;
const first = lowest + (Number(process.env['JEST_WORKER_ID'] ?? 0) % workers) * portsPerWorker;

/** Somewhere in between, since other runs on this machine may have a worker of the same number. */
let next = randomInt(portsPerWorker);

/** A TCP port that nobody listens on now, and that no other test is given before long. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < portsPerWorker; tries++) {
    const port = first + (next++ % portsPerWorker);
    if (await isFree(port)) return port;
  }
  throw new Error(`No port from ${first} to ${first + portsPerWorker - 1} is free.`);
}

/** Whether a service could listen on the port, on every address. */
function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  server.once('error', () => resolve(false));
  server.listen(port, () => server.close(() => resolve(true)));
  return promise;
}
