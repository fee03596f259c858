import { issuanceQueueName, issuanceQueuePrefix } from '@ravi/contract';
import { Redis } from 'ioredis';
import { readProcess } from '../load/measuring/server-figures.ts';
import type { Deployment } from '../load/run-load.ts';
import type { ServerProcess } from '../load/stack/server-process.ts';
import { drive } from './drive.ts';
import { median } from './medians.ts';

/** A running product whose parts are measured one by one. */
export interface WatchedProduct {
  readonly deployment: Deployment;
  readonly apis: readonly ServerProcess[];
  readonly issuers: readonly ServerProcess[];
  /** The ports of its Redis, one for each shard, the one with the queue first. */
  readonly redisPorts: readonly number[];
}

/** The cost of one login in one Redis. */
export interface RedisCost {
  readonly cpuUs: number;
  /** Commands inside scripts included. */
  readonly commands: number;
  /** Of these, commands that run a script. */
  readonly scriptRuns: number;
  /** To and from clients. */
  readonly bytes: number;
}

/** The cost of one login, from its start until its code is used: CPU in microseconds, all processes of a kind together. */
export interface LoginCost {
  readonly apiUs: number;
  readonly issuerUs: number;
  /** Jobs in the queue: less than one where logins shared them. */
  readonly jobs: number;
  /** Requests and answers between the apis and the program and its human. */
  readonly clientBytes: number;
  readonly shards: readonly RedisCost[];
}

/** Lets programs log in: all wait, then all are approved. Returns the average cost of one. */
export async function costOfLogins(product: WatchedProduct, logins: number): Promise<LoginCost> {
  const before = await readAll(product);
  const { traffic } = await drive(product.deployment, 'fanout', '--clients', String(logins));
  const after = await readAll(product);
  const perLogin = (now: number, then: number) => (now - then) / logins;
  return {
    apiUs: perLogin(after.apiUs, before.apiUs),
    issuerUs: perLogin(after.issuerUs, before.issuerUs),
    jobs: perLogin(after.jobs, before.jobs),
    clientBytes: (traffic.sentBytes + traffic.receivedBytes) / logins,
    shards: after.shards.map((shard, index) => {
      const then = before.shards[index] ?? shard;
      return {
        cpuUs: perLogin(shard.cpuUs, then.cpuUs),
        commands: perLogin(shard.commands, then.commands),
        scriptRuns: perLogin(shard.scriptRuns, then.scriptRuns),
        bytes: perLogin(shard.bytes, then.bytes),
      };
    }),
  };
}

/** All CPU of a login, in microseconds. */
export function totalUs({ apiUs, issuerUs, shards }: LoginCost): number {
  return apiUs + issuerUs + shards.reduce((sum, { cpuUs }) => sum + cpuUs, 0);
}

export function medianCost(costs: readonly LoginCost[]): LoginCost {
  const of = (pick: (cost: LoginCost) => number) => median(costs.map(pick));
  return {
    apiUs: of(({ apiUs }) => apiUs),
    issuerUs: of(({ issuerUs }) => issuerUs),
    jobs: of(({ jobs }) => jobs),
    clientBytes: of(({ clientBytes }) => clientBytes),
    shards: (costs[0]?.shards ?? []).map((_, index) => ({
      cpuUs: of(({ shards }) => shards[index]?.cpuUs ?? 0),
      commands: of(({ shards }) => shards[index]?.commands ?? 0),
      scriptRuns: of(({ shards }) => shards[index]?.scriptRuns ?? 0),
      bytes: of(({ shards }) => shards[index]?.bytes ?? 0),
    })),
  };
}

/** What a Redis has done since its start. */
export async function readRedis(port: number): Promise<RedisCost> {
  const redis = new Redis({ port, protocol: 2 });
  const info = `${await redis.info('cpu')}${await redis.info('stats')}${await redis.info('commandstats')}`;
  redis.disconnect();
  const value = (field: string) => Number(new RegExp(`^${field}:?([\\d.]+)`, 'm').exec(info)?.[1]);
  return {
    cpuUs: 1e6 * (value('used_cpu_user') + value('used_cpu_sys')),
    commands: value('total_commands_processed'),
    scriptRuns: value('cmdstat_evalsha:calls=') || 0,
    bytes: value('total_net_input_bytes') + value('total_net_output_bytes'),
  };
}

/** What all parts have used since their start, as if it were one login. */
export async function readAll({
  apis,
  issuers,
  redisPorts,
}: WatchedProduct): Promise<Omit<LoginCost, 'clientBytes'>> {
  return {
    shards: await Promise.all(redisPorts.map(readRedis)),
    apiUs: cpuUs(apis),
    issuerUs: cpuUs(issuers),
    jobs: await jobsAdded(redisPorts[0] ?? 0),
  };
}

/** BullMQ counts the jobs of a queue. */
async function jobsAdded(port: number): Promise<number> {
  const redis = new Redis({ port, protocol: 2 });
  const count = await redis.get(`${issuanceQueuePrefix}:${issuanceQueueName}:id`);
  redis.disconnect();
  return Number(count ?? 0);
}

function cpuUs(servers: readonly ServerProcess[]): number {
  return servers.reduce((sum, { name, pid }) => sum + 1e6 * (readProcess(name, pid)?.cpuSeconds ?? 0), 0);
}
