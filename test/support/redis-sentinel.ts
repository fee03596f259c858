import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

/** A primary, its replica and a Sentinel that replaces the one by the other within about two seconds. */
export class SentinelRedis {
  readonly #directory = mkdtempSync(join(tmpdir(), 'ravi-sentinel-'));
  readonly #children: ChildProcess[] = [];
  #primary: ChildProcess | undefined;
  #primaryPort = 0;
  #sentinelPort = 0;

  /** Starts all three, and resolves once the Sentinel knows the replica and would fail over. */
  static async start(): Promise<SentinelRedis> {
    const redis = new SentinelRedis();
    const [primaryPort, replicaPort] = [await freePort(), await freePort()];
    redis.#primaryPort = primaryPort;
    redis.#primary = redis.#spawn(primaryPort);
    redis.#spawn(replicaPort, '--replicaof', '127.0.0.1', String(primaryPort));
    await onPort(replicaPort, (client) =>
      eventually('the replica follows', async () =>
        (await client.info('replication')).includes('master_link_status:up'),
      ),
    );
    redis.#sentinelPort = await freePort();
    redis.#startSentinel();
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
    await onPort(this.#primaryPort, (client) => client.wait(1, 5_000));
    this.#primary?.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGKILL');
        await ended;
      }),
    );
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #startSentinel(): void {
    const file = join(this.#directory, 'sentinel.conf');
    const lines = [
      `port ${this.#sentinelPort}`,
      'bind 127.0.0.1',
      `sentinel monitor mymaster 127.0.0.1 ${this.#primaryPort} 1`,
      'sentinel down-after-milliseconds mymaster 1000',
      'sentinel failover-timeout mymaster 3000',
    ];
    writeFileSync(file, `${lines.join('\n')}\n`);
    this.#children.push(spawn(program(), [file, '--sentinel'], { stdio: 'ignore' }));
  }

  #spawn(port: number, ...more: readonly string[]): ChildProcess {
    const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', this.#directory];
    const child = spawn(program(), [...flags, '--repl-diskless-sync-delay', '0', ...more], {
      stdio: 'ignore',
    });
    this.#children.push(child);
    return child;
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

function program(): string {
  return process.env['REDIS_SERVER_BIN'] ?? 'redis-server';
}
