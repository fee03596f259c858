import type { ChildProcess } from 'node:child_process';
import { copyFileSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { killChild } from './child-process.ts';
import { eventually } from './eventually.ts';
import type { TestRedis } from './redis.ts';
import { redisFlags, restartRedisServer, startRedisServer } from './redis-server.ts';

/** A Redis with an append-only file, as in production, of which a test takes copies and brings them back. */
export class RestorableRedis implements TestRedis {
  readonly #directory: string;
  readonly #port: number;
  #child: ChildProcess;

  private constructor(directory: string, port: number, child: ChildProcess) {
    this.#directory = directory;
    this.#port = port;
    this.#child = child;
  }

  static async start(): Promise<RestorableRedis> {
    const directory = mkdtempSync(join(tmpdir(), 'ravi-restore-'));
    const { port, child } = await startRedisServer((port) => flags(directory, port, 'yes'));
    return new RestorableRedis(directory, port, child);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  /** Everything that is in the append-only file: the history. */
  get history(): string {
    const files = globSync('appendonlydir/*.aof', { cwd: this.#directory });
    return files.map((file) => readFileSync(join(this.#directory, file), 'latin1')).join('');
  }

  /** Step 0 of docs/durability.md: a copy of what is there now. Resolves to its file. */
  async backUp(): Promise<string> {
    await this.#tell((client) => client.save());
    const copy = join(this.#directory, 'backup.rdb');
    copyFileSync(join(this.#directory, 'dump.rdb'), copy);
    return copy;
  }

  /** The steps of docs/durability.md: without the append-only file, then with one that is made of the copy. */
  async restore(copy: string): Promise<void> {
    await killChild(this.#child);
    rmSync(join(this.#directory, 'appendonlydir'), { recursive: true });
    copyFileSync(copy, join(this.#directory, 'dump.rdb'));
    this.#child = await restartRedisServer(this.#port, flags(this.#directory, this.#port, 'no'));
    await this.#tell(async (client) => {
      await client.config('SET', 'appendonly', 'yes');
      await eventually('the append-only file is written', async () =>
        /aof_rewrite_in_progress:0\r\naof_rewrite_scheduled:0/.test(await client.info('persistence')),
      );
    });
  }

  /** Stops it and starts it with its append-only file. */
  async restart(): Promise<void> {
    await killChild(this.#child);
    this.#child = await restartRedisServer(this.#port, flags(this.#directory, this.#port, 'yes'));
  }

  async stop(): Promise<void> {
    await killChild(this.#child);
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #tell<T>(use: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis(this.url, { protocol: 2 });
    try {
      return await use(client);
    } finally {
      client.disconnect();
    }
  }
}

function flags(directory: string, port: number, appendonly: 'yes' | 'no'): readonly string[] {
  return redisFlags({ port, dir: directory, bind: '127.0.0.1', save: '', appendonly, appendfsync: 'no' });
}
