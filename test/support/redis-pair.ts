import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { killChild } from './child-process.ts';
import { eventually } from './eventually.ts';
import { redisFlags, startRedisServer } from './redis-server.ts';

/** A primary and its replica, which a test may freeze and put in the primary's place. */
export class RedisPair {
  readonly url: string;
  readonly #directory: string;
  readonly #primary: ChildProcess;
  readonly #replica: ChildProcess;
  #isFrozen = false;
  /** Commands for the replica alone. */
  readonly replica: Redis;

  private constructor(
    directory: string,
    primary: { readonly port: number; readonly child: ChildProcess },
    replica: { readonly port: number; readonly child: ChildProcess },
  ) {
    this.url = `redis://127.0.0.1:${primary.port}`;
    this.#directory = directory;
    this.#primary = primary.child;
    this.#replica = replica.child;
    this.replica = new Redis({ port: replica.port, protocol: 2, maxRetriesPerRequest: null });
    this.replica.on('error', () => undefined);
  }

  /** Starts both, and resolves once the replica confirms what it gets. */
  static async start(): Promise<RedisPair> {
    const directory = mkdtempSync(join(tmpdir(), 'ravi-pair-'));
    const shared = { bind: '127.0.0.1', save: '', dir: directory, 'repl-diskless-sync-delay': 0 };
    const primary = await startRedisServer((port) => redisFlags({ port, ...shared }));
    const replica = await startRedisServer((port) => [
      ...redisFlags({ port, ...shared }),
      '--replicaof',
      '127.0.0.1',
      String(primary.port),
    ]);
    const pair = new RedisPair(directory, primary, replica);
    await confirmed(pair.url);
    return pair;
  }

  /** SIGSTOP: the replica confirms nothing. */
  freezeReplica(): void {
    this.#isFrozen = true;
    this.#replica.kill('SIGSTOP');
  }

  /** Where it is frozen: resolves once it has all that was written, and confirms it. */
  async thawReplica(): Promise<void> {
    if (!this.#isFrozen) return;
    this.#isFrozen = false;
    this.#replica.kill('SIGCONT');
    await confirmed(this.url);
  }

  /** SIGKILL for the primary; the replica is what is left. */
  async losePrimary(): Promise<void> {
    await killChild(this.#primary);
    await this.replica.replicaof('NO', 'ONE');
  }

  async stop(): Promise<void> {
    this.replica.disconnect();
    this.#replica.kill('SIGCONT');
    await Promise.all([this.#primary, this.#replica].map(killChild));
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** Resolves once a replica confirms all that was written. */
async function confirmed(url: string): Promise<void> {
  const client = new Redis(url, { protocol: 2 });
  try {
    await eventually('the replica confirms', async () => {
      await client.publish('to-be-confirmed', '');
      return (await client.wait(1, 1_000)) === 1;
    });
  } finally {
    client.disconnect();
  }
}
