import { createServer, type Server, type TLSSocket } from 'node:tls';
import { openFilesLimit, type Secret } from '@ravi/runtime';
import { LoadError } from '../load-error.ts';
import { nowMs } from '../measuring/now.ts';
import { printable } from '../printable.ts';
import { startWorkerProcess } from '../processes/worker-process.ts';
import { jsonLine, readJsonLines } from './json-lines.ts';
import { keyName, sharedKey, withSharedKey } from './load-key.ts';
import { type FromMachine, type MachineState, messagesVersion, type ToMachine } from './machine-messages.ts';

/** Where a machine waits for coordinators. */
export interface Listening {
  readonly host: string;
  readonly port: number;
}

/**
 * Lends this machine to coordinators that have the key: each of their connections is a worker process, which ends with the
 * connection. Resolves once it listens. Throws LoadError if it cannot.
 */
export async function serveWorkers(
  { host, port }: Listening,
  key: Secret,
  say: (line: string) => void,
): Promise<Server> {
  const psk = sharedKey(key);
  const server = createServer({
    ...withSharedKey,
    pskCallback: (_socket, identity) => (identity === keyName ? psk : null),
  });
  server.on('secureConnection', (socket) => lendWorker(socket, say));
  server.on('tlsClientError', (error, socket) => {
    say(`refused a connection from ${socket.remoteAddress}: ${printable(error.message)}`);
  });
  const listening = Promise.withResolvers<void>();
  server.once('error', (error) => {
    listening.reject(new LoadError(`serve: ${host}:${port} cannot be listened on: ${error.message}.`));
  });
  server.listen(port, host, listening.resolve);
  await listening.promise;
  return server;
}

function lendWorker(socket: TLSSocket, say: (line: string) => void): void {
  const from = `${socket.remoteAddress}:${socket.remotePort}`;
  const send = (message: FromMachine) => void socket.write(jsonLine(message));
  const worker = startWorkerProcess({ onMessage: send, onEnd: () => socket.end() });
  say(`a worker for ${from}`);
  send(stateOfMachine());
  socket.setNoDelay(true);
  readJsonLines(socket, (message) => {
    // A coordinator with the key may let this machine load any target: its job is trusted like one of our own.
    const told = message as ToMachine;
    if (told.kind === 'clock') send(stateOfMachine());
    else worker.send(told);
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    worker.end();
    say(`the worker for ${from} has ended`);
  });
}

const stateOfMachine = (): MachineState => ({
  kind: 'machine',
  version: messagesVersion,
  openFilesLimit: openFilesLimit(),
  nowMs: nowMs(),
});
