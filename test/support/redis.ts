import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { killChild } from './child-process.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { hasRedisServer, redisFlags, restartRedisServer, startRedisServer } from './redis-server.ts';

/** A Redis to test against. */
export interface TestRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/** A Redis that a test may kill, start again and freeze: with an append-only file, as in production. */
export interface OwnRedis extends TestRedis {
  kill(): Promise<void>;
  /** `more`: further options of its `redis-server`, which not every Redis of a test is. */
  start(more?: Readonly<Record<string, string | number>>): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  freeze(): void;
  thaw(): void;
}

/** The Redis for tests that only use it: from `REDIS_URL`, else a `redis-server` of its own, else a container. */
export async function startRedis(): Promise<TestRedis> {
  const given = process.env['REDIS_URL'];
  return given ? emptyDatabase(given) : startOwnRedis();
}

/** A database of the given Redis for this worker of jest, emptied: stacks with other secrets must not share a queue. */
async function emptyDatabase(given: string): Promise<TestRedis> {
  const url = new URL(given);
  url.pathname = `/${process.env['JEST_WORKER_ID'] ?? '1'}`;
  const client = new Redis(url.href);
  await client.flushdb();
  client.disconnect();
  return { url: url.href, stop: () => Promise.resolve() };
}

/** A Redis for this test alone. `folder`: where a server on this machine keeps its files. */
export function startOwnRedis(folder = tmpdir()): Promise<OwnRedis> {
  return hasRedisServer ? startBinary(folder) : startContainer();
}

async function startBinary(folder: string): Promise<OwnRedis> {
  const directory = mkdtempSync(join(folder, 'ravi-redis-'));
  // Written before it is answered, so that a kill loses nothing. Not waited for at the disk: where others fill that, a command takes seconds.
  const durable = { dir: directory, bind: '127.0.0.1', save: '', appendonly: 'yes', appendfsync: 'no' };
  const flags = (port: number) => redisFlags({ port, ...durable });
  const server = await startRedisServer(flags);
  const { port } = server;
  let { child } = server;
  return {
    url: `redis://127.0.0.1:${port}`,
    start: async (more = {}) => {
      child = await restartRedisServer(port, [...flags(port), ...redisFlags(more)]);
    },
    kill: () => killChild(child),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    stop: async () => {
      await killChild(child);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function startContainer(): Promise<OwnRedis> {
  const { GenericContainer } = await import('testcontainers');
  const port = await freePort();
  const container = await new GenericContainer('redis:8-bookworm')
    .withCommand(['redis-server', '--appendonly', 'yes', '--appendfsync', 'no', '--save', ''])
    .withExposedPorts({ container: 6379, host: port })
    .start();
  const url = `redis://${container.getHost()}:${port}`;
  const signal = (name: string) => void spawnSync('docker', ['kill', '--signal', name, container.getId()]);
  await waitForPong(url);
  return {
    url,
    start: async () => {
      spawnSync('docker', ['start', container.getId()]);
      await waitForPong(url);
    },
    kill: async () => signal('KILL'),
    freeze: () => signal('STOP'),
    thaw: () => signal('CONT'),
    stop: async () => void (await container.stop()),
  };
}

async function waitForPong(url: string): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => 50 });
  client.on('error', () => undefined);
  await eventually(`Redis answers at ${url}`, async () => {
    if (client.status === 'wait' || client.status === 'end') await client.connect().catch(() => undefined);
    return client.ping().then(
      () => true,
      () => false,
    );
  });
  client.disconnect();
}
