import { type ChildProcess, spawn } from 'node:child_process';
import { Redis } from 'ioredis';
import { findProgram, isExecutable } from '../../scripts/setup/commands.mjs';
import { hasEnded } from './child-process.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

/** How often other ports are tried, where programs beside the tests took the ones that were free a moment ago. */
const maxAttempts = 5;

/** How long it may take to answer, loading its data included. */
const startMs = 180_000;

/** A `redis-server` that listens. */
export interface RedisServer {
  readonly port: number;
  readonly child: ChildProcess;
  /** What it was told, to start it again. */
  readonly args: readonly string[];
}

/** The program: `REDIS_SERVER_BIN`, else the one on the PATH. */
export const redisServerProgram = process.env['REDIS_SERVER_BIN'] ?? 'redis-server';

/** Whether there is one. */
export const hasRedisServer = isExecutable(redisServerProgram) || findProgram(redisServerProgram) !== null;

/** Starts it on a free port and resolves once it answers. `argumentsFor`: what it is told besides its port. */
export async function startRedisServer(
  argumentsFor: (port: number) => readonly string[] | Promise<readonly string[]>,
): Promise<RedisServer> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const args = await argumentsFor(port);
    const child = spawnRedisServer(args);
    if (await answers(port, child)) return { port, child, args };
    if (attempt === maxAttempts) throw new Error('redis-server ended at once, on every port that was tried.');
  }
}

/** Starts it again where it was. Rejects when it ends at once. */
export async function restartRedisServer(port: number, args: readonly string[]): Promise<ChildProcess> {
  const child = spawnRedisServer(args);
  if (!(await answers(port, child)))
    throw new Error(`redis-server ended at once; it was to use port ${port}.`);
  return child;
}

/** The options of a `redis-server` as its arguments. */
export function redisFlags(options: Readonly<Record<string, string | number>>): readonly string[] {
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

function spawnRedisServer(args: readonly string[]): ChildProcess {
  return spawn(redisServerProgram, args, { stdio: 'ignore' });
}

/** Resolves to true once this very process answers on the port, to false when it ended: another program has the port. */
async function answers(port: number, child: ChildProcess): Promise<boolean> {
  const client = new Redis({
    port,
    lazyConnect: true,
    protocol: 2,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  client.on('error', () => undefined);
  // Whoever else has the port may take the question and never answer it.
  child.once('exit', () => client.disconnect());
  try {
    const asked = async () => {
      if (hasEnded(child)) return 'ended' as const;
      if (client.status === 'wait' || client.status === 'end') await client.connect().catch(() => undefined);
      const info = await client.info('server').catch(() => '');
      return info.includes(`process_id:${child.pid}\r\n`) ? 'answers' : null;
    };
    return (await eventually(`Redis answers on port ${port}`, asked, startMs)) === 'answers';
  } finally {
    client.disconnect();
  }
}
