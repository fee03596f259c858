import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { killChild } from './child-process.ts';
import { eventually } from './eventually.ts';
import { RedisCluster } from './redis-cluster.ts';
import { SentinelRedis } from './redis-sentinel.ts';
import { redisFlags, type RedisServer, restartRedisServer, startRedisServer } from './redis-server.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** How Redis is deployed. */
export type RedisKind = 'single' | 'sentinel' | 'cluster';

/** Another server takes over within this time, on a machine that does much else. */
const takeoverMs = 60_000;

/** Servers of Redis that a test may freeze, kill and set, and that are reached through proxies alone. */
export interface RedisUnderFault {
  /** What the services are told. */
  readonly env: Readonly<Record<string, string>>;
  readonly proxies: readonly TcpProxy[];
  /**
   * SIGSTOP for the `chosen`-th of the servers that are primaries now, once its replica has everything that was answered. Resolves to
   * how it goes on; behind a Sentinel, when its replica has taken over, and without a write until it follows that one: it would take
   * them for a second more, and lose them (docs/durability.md).
   */
  freezePrimary(chosen: number): Promise<() => Promise<void>>;
  /** SIGKILL for one of them, likewise. Resolves to how it is started again, when its replica has taken over. */
  killPrimary(chosen: number): Promise<() => Promise<void>>;
  /** Runs a command at every server. */
  callAll(command: string, ...args: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a single Redis, a primary with a replica and a Sentinel, or a Cluster of three shards with a replica each. */
export async function startRedisUnderFault(kind: RedisKind): Promise<RedisUnderFault> {
  const opened = new Map<number, Promise<TcpProxy>>();
  const behindProxy = async (port: number) => {
    const proxy = opened.get(port) ?? TcpProxy.open(port);
    opened.set(port, proxy);
    return (await proxy).port;
  };
  const redis = await start(kind, behindProxy);
  const restarted: ChildProcess[] = [];
  const servers = redis.started.map(({ port, child, args }) => {
    const client = new Redis({ port, protocol: 2, retryStrategy: () => 50, maxRetriesPerRequest: null });
    client.on('error', () => undefined);
    return { port, args, client, pid: child.pid ?? 0 };
  });
  type Server = (typeof servers)[number];
  /** How many replicas have all that was answered; none at a server that has just become one itself. */
  const confirmedBy = ({ client }: Server) => client.wait(1, 500).catch(() => 0);
  const isPrimary = async ({ client }: Server) => (await client.role())[0] === 'master';
  const primariesOf = async (some: readonly Server[]) => {
    const roles = await Promise.all(some.map(isPrimary));
    return some.filter((_, index) => roles[index]);
  };
  /** One whose place another could take. */
  const choose = (chosen: number) =>
    eventually(
      'a primary has its replica',
      async () => {
        const primaries = await primariesOf(servers);
        const primary = primaries[chosen % primaries.length];
        return primary && (kind === 'single' || (await confirmedBy(primary)) > 0) ? primary : null;
      },
      takeoverMs,
    );
  /** Holds writes back, and resolves once the replica has all that was answered. */
  const settle = async (primary: Server, holdMs: number) => {
    if (kind === 'single') return;
    await eventually(
      'the replica has all that was answered',
      async () => {
        await primary.client.call('CLIENT', 'PAUSE', holdMs, 'WRITE');
        return (await confirmedBy(primary)) > 0;
      },
      takeoverMs,
    );
  };
  /** Starts to look for the server that takes the place of this one, which must answer no more. */
  const replacementOf = async (primary: Server) => {
    const others = servers.filter((server) => server !== primary);
    const wanted = (await primariesOf(others)).length + 1;
    return () =>
      eventually(
        'its replica takes over',
        async () => (await primariesOf(others)).length === wanted,
        takeoverMs,
      );
  };
  const callAll = async (command: string, ...args: readonly string[]) => {
    await Promise.all(servers.map(({ client }) => client.call(command, ...args)));
  };
  return {
    env: redis.env,
    proxies: await Promise.all(opened.values()),
    async freezePrimary(chosen) {
      const primary = await choose(chosen);
      const replaced = await replacementOf(primary);
      await settle(primary, takeoverMs);
      process.kill(primary.pid, 'SIGSTOP');
      return async () => {
        if (kind === 'sentinel') await replaced();
        process.kill(primary.pid, 'SIGCONT');
        if (kind === 'single') return;
        if (kind === 'sentinel') {
          await eventually('it follows the other', async () => !(await isPrimary(primary)), takeoverMs);
        }
        await primary.client.call('CLIENT', 'UNPAUSE');
      };
    },
    async killPrimary(chosen) {
      const primary = await choose(chosen);
      const replaced = await replacementOf(primary);
      await settle(primary, 2_000);
      process.kill(primary.pid, 'SIGKILL');
      return async () => {
        if (kind !== 'single') await replaced();
        const child = await restartRedisServer(primary.port, primary.args);
        restarted.push(child);
        primary.pid = child.pid ?? 0;
      };
    },
    callAll,
    async stop() {
      for (const { client } of servers) client.disconnect();
      await Promise.all(restarted.map(killChild));
      await redis.stop();
      for (const proxy of opened.values()) await (await proxy).close();
    },
  };
}

/** A replica whose connection died without a word asks anew. */
const alertReplicas = { 'repl-ping-replica-period': 1, 'repl-timeout': 5 };

/** A primary that was frozen while its replica took over takes no more writes, which would be lost. (docs/durability.md) */
const careful = { 'min-replicas-to-write': 1, 'min-replicas-max-lag': 2 };

interface StartedRedis {
  readonly env: Readonly<Record<string, string>>;
  readonly started: readonly RedisServer[];
  stop(): Promise<void>;
}

async function start(kind: RedisKind, behindProxy: (port: number) => Promise<number>): Promise<StartedRedis> {
  switch (kind) {
    case 'single': {
      const directory = mkdtempSync(join(tmpdir(), 'ravi-redis-'));
      const shared = { dir: directory, bind: '127.0.0.1', save: '', appendonly: 'yes', appendfsync: 'no' };
      const server = await startRedisServer((port) => redisFlags({ port, ...shared }));
      return {
        env: { REDIS_URL: `redis://127.0.0.1:${await behindProxy(server.port)}` },
        started: [server],
        stop: async () => {
          await killChild(server.child);
          rmSync(directory, { recursive: true, force: true });
        },
      };
    }
    case 'sentinel': {
      const redis = await SentinelRedis.start(behindProxy, { ...alertReplicas, ...careful });
      return { env: redis.env, started: redis.servers, stop: () => redis.stop() };
    }
    case 'cluster': {
      const redis = await RedisCluster.start(3, 1, async (port) => ({
        ...alertReplicas,
        'cluster-announce-port': await behindProxy(port),
      }));
      const nodes: string[] = [];
      for (const { port } of redis.primaries) nodes.push(`127.0.0.1:${await behindProxy(port)}`);
      return {
        env: { REDIS_CLUSTER_NODES: nodes.join(',') },
        started: redis.running().map(({ server }) => server),
        stop: () => redis.stop(),
      };
    }
  }
}
