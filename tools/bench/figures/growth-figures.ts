import { setTimeout as pause } from 'node:timers/promises';
import { ConnectionPool } from '../../load/client/connection-pool.ts';
import { DeviceCalls } from '../../load/client/device-calls.ts';
import type { ClientRequest } from '../../load/client/request.ts';
import { openSession } from '../../load/client/session.ts';
import { SourceAddresses } from '../../load/client/source-addresses.ts';
import { parseTarget, Targets } from '../../load/client/target.ts';
import { trafficSoFar } from '../../load/client/traffic.ts';
import { Product } from '../../load/stack/product.ts';
import { alternate } from '../alternating.ts';
import {
  auditEntries,
  clusterFigures,
  evenFigures,
  predictCommands,
  productOnCluster,
} from '../cluster-product.ts';
import { pendingCodes } from '../pending-codes.ts';
import { type Effort, type Figure, within } from '../figure.ts';
import { FloorWorker } from '../floor-worker.ts';
import {
  costOfLogins,
  type LoginCost,
  medianCost,
  type RedisCost,
  readAll,
  readRedis,
  totalUs,
  type WatchedProduct,
} from '../login-cost.ts';
import { type ScalingInputs, writeScaling } from '../scaling-table.ts';
import { costOfSweepChecks } from '../sweep-cost.ts';
import { requestsPerSecond } from '../throughput.ts';
import { holdOurs, redisBytes } from './memory-figures.ts';

/** Logins that are polled once each. */
const polls = 25_000;

/** Waits whose memory is reported. */
const waits = 10_000;

/**
 * The cost of a login while few and while many others are pending, and on a Cluster, where each shard must do its part
 * of the work. With `write`, the numbers go into docs/scaling.md.
 */
export async function growthFigures({ rounds, pending, costed, write }: Effort): Promise<Figure[]> {
  const [fewPending, manyPending] = pending;
  const stops: (() => Promise<unknown>)[] = [];
  try {
    const few = await productWith(fewPending, stops);
    const many = await productWith(manyPending, stops);
    const cluster = await productOnCluster(stops, 'one queue');
    const spreadCluster = await productOnCluster(stops, 'a queue for each shard');
    const queueCost = await costOfEmptyJob(few.redisPorts[0] ?? 0, costed);

    const costs: Record<'few' | 'many' | 'cluster' | 'spread', LoginCost[]> = {
      few: [],
      many: [],
      cluster: [],
      spread: [],
    };
    const contender = (name: string, product: WatchedProduct, into: LoginCost[]) => ({
      name,
      measure: async () => {
        const cost = await costOfLogins(product, costed);
        into.push(cost);
        return totalUs(cost);
      },
    });
    const [atFew, atMany, onCluster, onSpread] = await alternate(
      [
        contender(`with ${fewPending.toLocaleString('en')} pending`, few, costs.few),
        contender('ours', many, costs.many),
        contender('on a Cluster', cluster, costs.cluster),
        contender('ours', spreadCluster, costs.spread),
      ],
      rounds,
    );
    if (!atFew || !atMany || !onCluster || !onSpread) throw new Error('A contender was not measured.');
    // The first of each was the warm-up.
    const single = medianCost(costs.few.slice(1));
    const sharded = medianCost(costs.cluster.slice(1));
    const spread = medianCost(costs.spread.slice(1));
    const audited = (await auditEntries(few)) / (costed * costs.few.length);
    const predicted = predictCommands(single, queueCost, { audited, jobs: sharded.jobs }, cluster);
    if (write) {
      const poll = await costOfPolls(few);
      const check = await costOfSweepChecks(few.redisPorts[0] ?? 0);
      const redisBytesAfterwards = await bytesLeft(few, costed);
      const { bytesPerWait, redisBytesPerLogin } = await holdOurs(waits, 1);
      writeScaling({
        single,
        sharded,
        spread,
        predicted,
        queueCost,
        poll,
        check,
        bytesPerWait,
        redisBytesPerLogin,
        redisBytesAfterwards,
      });
    }
    return [
      {
        title: `CPU per login, ${manyPending.toLocaleString('en')} others pending`,
        unit: 'µs',
        ours: atMany,
        others: [atFew],
        targets: [within(atMany, atFew, 0.1)],
      },
      ...clusterFigures(costs.cluster.slice(1), predicted),
      {
        title: 'Redis Cluster, a queue for each shard: CPU per login, all parts',
        unit: 'µs',
        ours: onSpread,
        others: [onCluster],
        targets: [within(onSpread, onCluster, 0.1)],
      },
      ...evenFigures(costs.spread.slice(1)),
    ];
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

async function productWith(pending: number, stops: (() => Promise<unknown>)[]): Promise<WatchedProduct> {
  const product = await Product.onRedis();
  stops.push(() => product.stop());
  const issuer = await product.startIssuer();
  const api = await product.startApi();
  await pendingCodes(api.url, pending);
  return {
    deployment: { urls: [api.url], gauges: [], sessions: [await openSession(api.url, null)] },
    apis: [api.server],
    issuers: [issuer],
    redisPorts: [portOf(product.redis.url)],
  };
}

/** BullMQ's own cost in Redis: a job that does nothing. */
async function costOfEmptyJob(redisPort: number, jobs: number): Promise<RedisCost> {
  const worker = await FloorWorker.start('nothing', `redis://127.0.0.1:${redisPort}`, 1);
  await worker.jobsPerSecond(jobs);
  await pause(100);
  const before = await readRedis(redisPort);
  await worker.jobsPerSecond(jobs);
  const after = await readRedis(redisPort);
  await worker.stop();
  return {
    cpuUs: (after.cpuUs - before.cpuUs) / jobs,
    commands: (after.commands - before.commands) / jobs,
    scriptRuns: (after.scriptRuns - before.scriptRuns) / jobs,
    bytes: (after.bytes - before.bytes) / jobs,
  };
}

/** The cost of a request that finds its login pending, in microseconds. */
async function costOfPolls(product: WatchedProduct): Promise<ScalingInputs['poll']> {
  const [url] = product.deployment.urls;
  const codes = await pendingCodes(url, polls);
  const calls = new DeviceCalls(parseTarget(url));
  const before = await readAll(product);
  let turn = 0;
  // A second poll of the same code would get `slow_down`.
  const next = () => calls.wait(codes[turn++ % codes.length] ?? '', 0);
  const perSecond = await requestsPerSecond(url, 1, next, ({ status }) => status === 400);
  const after = await readAll(product);
  return {
    apiUs: (after.apiUs - before.apiUs) / perSecond,
    redisUs: ((after.shards[0]?.cpuUs ?? 0) - (before.shards[0]?.cpuUs ?? 0)) / perSecond,
    bytes: await bytesOf(url, next()),
  };
}

/** Bytes of a request and its answer. */
async function bytesOf(url: string, request: ClientRequest): Promise<number> {
  const before = trafficSoFar();
  const pool = new ConnectionPool(1, new Targets(parseTarget(url)), new SourceAddresses(null));
  await pool.request(request);
  pool.close();
  const after = trafficSoFar();
  return after.sentBytes - before.sentBytes + after.receivedBytes - before.receivedBytes;
}

/** Bytes that a redeemed login leaves in Redis. */
async function bytesLeft(product: WatchedProduct, logins: number): Promise<number> {
  const url = `redis://127.0.0.1:${product.redisPorts[0]}`;
  const before = await redisBytes(url);
  await costOfLogins(product, logins);
  return ((await redisBytes(url)) - before) / logins;
}

const portOf = (url: string) => Number(new URL(url).port);
