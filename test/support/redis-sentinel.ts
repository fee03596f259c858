import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { killChild } from './child-process.ts';
import { eventually } from './eventually.ts';
import { redisFlags, type RedisServer, startRedisServer } from './redis-server.ts';

/** A primary, its replica and a Sentinel that replaces the one by the other within about two seconds. */
export class SentinelRedis {
  readonly #directory = mkdtempSync(join(tmpdir(), 'ravi-sentinel-'));
  readonly #children: ChildProcess[] = [];
  /** The primary and its replica. */
  readonly servers: RedisServer[] = [];
  readonly #announcedPort: (port: number) => Promise<number>;
  readonly #options: Readonly<Record<string, string | number>>;
  #primary: ChildProcess | undefined;
  #primaryPort = 0;
  #sentinelPort = 0;

  private constructor(
    announcedPort: (port: number) => Promise<number>,
    options: Readonly<Record<string, string | number>>,
  ) {
    this.#announcedPort = announcedPort;
    this.#options = options;
  }

  /**
   * Starts all three, and resolves once the Sentinel knows the replica and would fail over. `announcedPort`: under which port a
   * server is known to the others, if a proxy stands before it; `options`: what both servers are told besides.
   */
  static async start(
    announcedPort = (port: number) => Promise.resolve(port),
    options: Readonly<Record<string, string | number>> = {},
  ): Promise<SentinelRedis> {
    const redis = new SentinelRedis(announcedPort, options);
    const primary = await redis.#start();
    redis.#primaryPort = await announcedPort(primary.port);
    redis.#primary = primary.child;
    const replica = await redis.#start('--replicaof', '127.0.0.1', String(redis.#primaryPort));
    await onPort(replica.port, (client) =>
      eventually('the replica follows', async () =>
        (await client.info('replication')).includes('master_link_status:up'),
      ),
    );
    await redis.#startSentinel();
    await onPort(redis.#sentinelPort, (client) =>
      eventually('the Sentinel knows the replica', async () => {
        const master = await client.call('SENTINEL', 'MASTER', 'mymaster').catch(() => []);
        return Array.isArray(master) && master[master.indexOf('num-slaves') + 1] === '1';
      }),
    );
    return redis;
  }

  /** What the services are told. */
  get env(): Readonly<Record<string, string>> {
    return { REDIS_SENTINELS: `127.0.0.1:${this.#sentinelPort}` };
  }

  /** SIGKILL for the primary, once its replica has everything that was written so far. */
  async killPrimary(): Promise<void> {
    await onPort(this.#primaryPort, (client) =>
      eventually('the replica has all', async () => (await client.wait(1, 1_000)) >= 1),
    );
    this.#primary?.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    await Promise.all(this.#children.map(killChild));
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #startSentinel(): Promise<void> {
    const { port, child } = await startRedisServer((port) => [this.#writeSentinelConfig(port), '--sentinel']);
    this.#sentinelPort = port;
    this.#children.push(child);
  }

  #writeSentinelConfig(port: number): string {
    const file = join(this.#directory, `sentinel-${port}.conf`);
    const lines = [
      `port ${port}`,
      'bind 127.0.0.1',
      `sentinel monitor mymaster 127.0.0.1 ${this.#primaryPort} 1`,
      'sentinel down-after-milliseconds mymaster 1000',
      'sentinel failover-timeout mymaster 3000',
    ];
    writeFileSync(file, `${lines.join('\n')}\n`);
    return file;
  }

  async #start(...more: readonly string[]): Promise<RedisServer> {
    const shared = { bind: '127.0.0.1', save: '', dir: this.#directory, 'repl-diskless-sync-delay': 0 };
    const server = await startRedisServer(async (port) => [
      ...redisFlags({
        port,
        ...shared,
        'replica-announce-port': await this.#announcedPort(port),
        // One that is started again must not be taken for a primary that is empty.
        appendonly: 'yes',
        appendfsync: 'no',
        appenddirname: `aof-${port}`,
        ...this.#options,
      }),
      ...more,
    ]);
    this.#children.push(server.child);
    this.servers.push(server);
    return server;
  }
}

async function onPort<T>(port: number, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis({ port, protocol: 2, retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}
