import { parseArgs } from 'node:util';
import { LoadError } from '../load-error.ts';
import { readLoadKey } from './load-key.ts';
import { defaultPort, parseMachineAddress } from './machine-address.ts';
import { serveWorkers } from './serve-workers.ts';

/**
 * `npm run load -- serve [--listen HOST:PORT]`: lends this machine to runs elsewhere, until this process ends, and its workers with it.
 * Resolves once it listens. Throws LoadError if it cannot, or without a key.
 */
export async function serve(args: readonly string[], loadKey: string | undefined): Promise<void> {
  const key = readLoadKey(loadKey);
  const listening = parseMachineAddress('--listen', listenOf(args), 0);
  const server = await serveWorkers(listening, key, (line) => console.log(line));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : listening.port;
  console.log(
    `Waiting for runs at port ${port}, with --machine THIS_MACHINE:${port} and the same LOAD_KEY. Ctrl-C ends it.`,
  );
}

function listenOf(args: readonly string[]): string {
  try {
    const { values } = parseArgs({ args: [...args], options: { listen: { type: 'string' } } });
    return values.listen ?? `0.0.0.0:${defaultPort}`;
  } catch {
    throw new LoadError('serve takes --listen HOST:PORT and nothing else. See --help.');
  }
}
