import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { hasEnded, killChild } from './child-process.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { redisFlags, type RedisServer, startRedisServer } from './redis-server.ts';

const slots = 16_384;

/** Further options of a node, by its port. */
export type NodeOptions = (
  port: number,
) => Readonly<Record<string, string | number>> | Promise<Readonly<Record<string, string | number>>>;

export class ClusterNode {
  readonly port: number;
  readonly busPort: number;
  /** Commands for this node alone. */
  readonly client: Redis;
  readonly server: RedisServer;
  readonly #child: ChildProcess;

  private constructor(server: RedisServer, busPort: number) {
    const { port, child } = server;
    this.port = port;
    this.busPort = busPort;
    this.server = server;
    this.#child = child;
    this.client = new Redis({ port, protocol: 2, retryStrategy: () => 50, maxRetriesPerRequest: null });
    this.client.on('error', () => undefined);
  }

  /** Starts it, alone for now, with its files in `directory`; `more`: further options, by its port. */
  static async start(directory: string, more: NodeOptions = () => ({})): Promise<ClusterNode> {
    let busPort = 0;
    const options = async (port: number) => ({
      port,
      'cluster-port': busPort,
      'cluster-enabled': 'yes',
      'cluster-config-file': `nodes-${port}.conf`,
      // Another primary is chosen after about two seconds.
      'cluster-node-timeout': 1_500,
      // On a busy machine several elections may fail: a replica never gives up.
      'cluster-replica-validity-factor': 0,
      dir: directory,
      bind: '127.0.0.1',
      save: '',
      appendonly: 'yes',
      appendfsync: 'no',
      appenddirname: `aof-${port}`,
      'repl-diskless-sync-delay': 0,
      'repl-ping-replica-period': 1,
      ...(await more(port)),
    });
    const server = await startRedisServer(async (port) => {
      busPort = await freePort();
      return redisFlags(await options(port));
    });
    return new ClusterNode(server, busPort);
  }

  /** `host:port`, as `REDIS_CLUSTER_NODES` names it. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get running(): boolean {
    return !hasEnded(this.#child);
  }

  /** How often each command was called since `CONFIG RESETSTAT`. */
  async calls(): Promise<Readonly<Record<string, number>>> {
    const info = await this.client.info('commandstats');
    return Object.fromEntries(
      [...info.matchAll(/^cmdstat_([\w|-]+):calls=(\d+)/gm)].map(([, name, calls]) => [name, Number(calls)]),
    );
  }

  async kill(): Promise<void> {
    this.client.disconnect();
    await killChild(this.#child);
  }
}

/** A real Redis Cluster on this machine: primaries that share the slots evenly, each with its replicas. */
export class RedisCluster {
  readonly primaries: readonly ClusterNode[];
  readonly replicas: readonly ClusterNode[];
  readonly #directory: string;

  private constructor(
    primaries: readonly ClusterNode[],
    replicas: readonly ClusterNode[],
    directory: string,
  ) {
    this.primaries = primaries;
    this.replicas = replicas;
    this.#directory = directory;
  }

  /** Starts it, and resolves once every node takes commands for all slots. */
  static async start(shards: number, replicasPerShard = 0, options?: NodeOptions): Promise<RedisCluster> {
    const directory = mkdtempSync(join(tmpdir(), 'ravi-cluster-'));
    const start = (count: number) =>
      Promise.all(Array.from({ length: count }, () => ClusterNode.start(directory, options)));
    const primaries = await start(shards);
    const replicas = await start(shards * replicasPerShard);
    const cluster = new RedisCluster(primaries, replicas, directory);
    await cluster.#shareSlots();
    await cluster.#meet();
    await cluster.#replicate();
    return cluster;
  }

  /** What the services are told. */
  get env(): Readonly<Record<string, string>> {
    return { REDIS_CLUSTER_NODES: this.primaries.map(({ address }) => address).join(',') };
  }

  /** The primary that had the slot of this key at the start. */
  async primaryOf(key: string): Promise<ClusterNode> {
    const [first] = this.primaries;
    const slot = (await first?.client.cluster('KEYSLOT', key)) ?? 0;
    const node = this.primaries.find((_, index) => slot < this.#slotsFrom(index + 1));
    if (!node) throw new Error('No primary has this slot.');
    return node;
  }

  /** Resolves once the replicas have everything that was written so far. */
  async replicated(): Promise<void> {
    const count = this.#replicasPerShard;
    for (const { client } of this.primaries)
      await eventually('the replicas have all', async () => (await client.wait(count, 1_000)) >= count);
  }

  running(): readonly ClusterNode[] {
    return this.#nodes.filter((node) => node.running);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.kill()));
    rmSync(this.#directory, { recursive: true, force: true });
  }

  get #replicasPerShard(): number {
    return this.replicas.length / this.primaries.length;
  }

  get #nodes(): readonly ClusterNode[] {
    return [...this.primaries, ...this.replicas];
  }

  async #shareSlots(): Promise<void> {
    for (const [index, { client }] of this.primaries.entries()) {
      await client.cluster('SET-CONFIG-EPOCH', index + 1);
      await client.cluster('ADDSLOTSRANGE', this.#slotsFrom(index), this.#slotsFrom(index + 1) - 1);
    }
  }

  #slotsFrom(index: number): number {
    return Math.round((index * slots) / this.primaries.length);
  }

  async #meet(): Promise<void> {
    const [first, ...others] = this.#nodes;
    for (const { port, busPort } of others) {
      await first?.client.call('CLUSTER', 'MEET', '127.0.0.1', port, busPort);
    }
    const all = `cluster_known_nodes:${this.#nodes.length}\r`;
    for (const { client } of this.#nodes) {
      await eventually('the nodes know each other', async () => {
        const info = await client.cluster('INFO');
        return info.includes('cluster_state:ok') && info.includes(all);
      });
    }
  }

  async #replicate(): Promise<void> {
    for (const [index, { client }] of this.replicas.entries()) {
      const primary = this.primaries[index % this.primaries.length];
      await client.cluster('REPLICATE', (await primary?.client.cluster('MYID')) ?? '');
    }
    for (const { client } of this.replicas) {
      await eventually('the replica follows', async () =>
        (await client.info('replication')).includes('master_link_status:up'),
      );
    }
    // A replica confirms nothing before its first sync has ended, up to a second after the link is up.
    for (const { client } of this.primaries) {
      await eventually('the replicas confirm', async () => {
        const confirmed = (await client.info('replication')).match(/state=online,offset=[1-9]/g) ?? [];
        return confirmed.length === this.#replicasPerShard;
      });
    }
  }
}
