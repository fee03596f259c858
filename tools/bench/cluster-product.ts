import { Redis } from 'ioredis';
import { RedisCluster } from '../../test/support/redis-cluster.ts';
import { openSession } from '../load/client/session.ts';
import { Product } from '../load/stack/product.ts';
import { type Figure, within } from './figure.ts';
import type { LoginCost, RedisCost, WatchedProduct } from './login-cost.ts';
import { measured } from './medians.ts';

const shards = 3;

/** Accounts that approve on the Cluster: each is on one shard, together they are on all. */
const approvers = 48;

/** A product on a Cluster, and the shards of the keys that all logins share. */
export interface ClusterProduct extends WatchedProduct {
  readonly pinned: readonly { readonly queue: boolean; readonly audit: boolean; readonly wakeups: boolean }[];
}

/** Starts an api and an issuer on a Cluster, with one queue or one for each shard; `stops` gets the functions that end them. */
export async function productOnCluster(
  stops: (() => Promise<unknown>)[],
  queues: 'one queue' | 'a queue for each shard',
): Promise<ClusterProduct> {
  const cluster = await RedisCluster.start(shards);
  stops.push(() => cluster.stop());
  const product = await Product.onRedis();
  stops.push(() => product.stop());
  const env = { ...cluster.env, ISSUANCE_QUEUES: String(queues === 'one queue' ? 1 : shards) };
  const issuer = await product.startIssuer({ env });
  const api = await product.startApi({ env });
  const sessions = [];
  for (let i = 0; i < approvers; i++) sessions.push(await openSession(api.url, null));
  // The shard with the queue first.
  const queueShard = await cluster.primaryOf('{ravi}:issuance:meta');
  const ordered = [queueShard, ...cluster.primaries.filter((primary) => primary !== queueShard)];
  const auditShard = await cluster.primaryOf('ravi:audit');
  const pinned = ordered.map(async (primary) => ({
    queue: primary === queueShard,
    audit: primary === auditShard,
    wakeups: String(await primary.client.call('PUBSUB', 'SHARDCHANNELS')) !== '',
  }));
  return {
    deployment: { urls: [api.url], gauges: [], sessions },
    apis: [api.server],
    issuers: [issuer],
    redisPorts: ordered.map(({ port }) => port),
    pinned: await Promise.all(pinned),
  };
}

/** The number of entries ever added to the audit log. */
export async function auditEntries({ redisPorts }: WatchedProduct): Promise<number> {
  const redis = new Redis({ port: redisPorts[0] ?? 0, protocol: 2 });
  const stream = (await redis.xinfo('STREAM', 'ravi:audit')) as unknown[];
  redis.disconnect();
  return Number(stream[stream.indexOf('entries-added') + 1]);
}

/**
 * Scripts that a login runs on a Cluster, where no call shares a command: start, wait, approve, settle, redeem, complete, once more for
 * the used code, and one for each of a redemption's six keys.
 */
const ownScriptRuns = 13;

/** A login's share in keys that all logins use: entries of the audit log and, on the Cluster, jobs of the queue. */
export interface SharedWork {
  readonly audited: number;
  readonly jobs: number;
}

/**
 * Commands per login on each shard: a third of the commands on the login's own keys, and all
 * commands on a key that all logins share: the queue, the audit log, the wake-up.
 */
export function predictCommands(
  single: LoginCost,
  queueCost: RedisCost,
  { audited, jobs }: SharedWork,
  { pinned }: ClusterProduct,
): readonly number[] {
  const { commands = 0, scriptRuns = 0 } = single.shards[0] ?? {};
  const inScripts = commands - scriptRuns - single.jobs * (queueCost.commands - queueCost.scriptRuns);
  const own = (inScripts + ownScriptRuns - audited - 1) / shards;
  return pinned.map(
    ({ queue, audit, wakeups }) =>
      own + (queue ? jobs * queueCost.commands : 0) + (audit ? audited : 0) + (wakeups ? 1 : 0),
  );
}

/** Commands and CPU per login on each shard, where each has a queue: all carry as much. One cost for each round. */
export function evenFigures(costs: readonly LoginCost[]): Figure[] {
  const kinds = [
    { name: 'commands', unit: 'commands', of: ({ commands }: RedisCost) => commands },
    { name: 'CPU', unit: 'µs', of: ({ cpuUs }: RedisCost) => cpuUs },
  ];
  return kinds.flatMap(({ name, unit, of }) => {
    const means = costs.map((cost) => cost.shards.reduce((sum, shard) => sum + of(shard), 0) / shards);
    const mean = measured('the mean of all shards', means);
    return Array.from({ length: shards }, (_, index) => {
      const ours = measured('ours', ofShard(costs, index, of));
      const title = `Redis Cluster, a queue for each shard: ${name} per login, shard ${index + 1}`;
      return { title, unit, ours, others: [mean], targets: [within(ours, mean, 0.15)] };
    });
  });
}

/** A figure of one shard, in each round. */
const ofShard = (costs: readonly LoginCost[], index: number, of: (cost: RedisCost) => number) =>
  costs.map((cost) => {
    const shard = cost.shards[index];
    return shard ? of(shard) : Number.NaN;
  });

/** Commands per login on each shard, in each round, with the prediction. */
export function clusterFigures(costs: readonly LoginCost[], predicted: readonly number[]): Figure[] {
  return predicted.map((_, index) => {
    const ours = measured(
      'ours',
      ofShard(costs, index, ({ commands }) => commands),
    );
    const expected = measured('predicted from a single Redis', [predicted[index] ?? 0]);
    return {
      title: `Redis Cluster: commands per login, ${index === 0 ? 'the shard with the queue' : `other shard ${index}`}`,
      unit: 'commands',
      ours,
      others: [expected],
      targets: [within(ours, expected, 0.1)],
    };
  });
}
