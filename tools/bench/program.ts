import { basename, join } from 'node:path';
import { freePort } from '../../test/support/free-port.ts';
import { ServerProcess } from '../load/stack/server-process.ts';

/** A program of the benchmark in its own process, like our services. */
export interface RunningProgram {
  readonly url: string;
  readonly server: ServerProcess;
}

/** Starts a program of this folder, such as `floors/koa-route.ts`. */
export async function startProgram(
  name: string,
  redisUrl: string,
  cpu: number | null,
  options: { readonly env?: Readonly<Record<string, string>>; readonly nodeFlags?: readonly string[] } = {},
): Promise<RunningProgram> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await ServerProcess.start({
    name: basename(name),
    program: process.execPath,
    args: [...(options.nodeFlags ?? []), join(import.meta.dirname, name)],
    env: { PORT: String(port), REDIS_URL: redisUrl, ...options.env },
    cpu,
    isReady: async () => (await fetch(`${url}/ready`)).status > 0,
  });
  return { url, server };
}
