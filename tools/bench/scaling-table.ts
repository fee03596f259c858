import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatted } from './figure-text.ts';
import type { LoginCost, RedisCost } from './login-cost.ts';
import { machine, withTable } from './performance-table.ts';
import type { SweepCost } from './sweep-cost.ts';

const file = join(import.meta.dirname, '../../docs/scaling.md');

/** Average load of a core that leaves room for bursts. */
const busy = 0.7;

/** The size of the calculated deployment. */
const waiting = 1_000_000;
const loginsPerSecond = 10_000;

/** Waits of one api process: below `MAX_HELD_WAITS` (50,000), with room for those of a process that is being replaced. */
const waitsPerApi = 40_000;

/** Seconds that a held request lasts, and that a login stays in Redis: the defaults. */
const longPollSeconds = 120;
const loginSeconds = 960;

/** Seconds between two checks of each held login: `RECHECK_SECONDS`. */
const recheckSeconds = 30;

/** Memory of an api before its first wait. */
const processBytes = 150e6;

/** The measured costs. */
export interface ScalingInputs {
  /** One login on a single Redis, and on a Cluster, the shard with the queue first. */
  readonly single: LoginCost;
  readonly sharded: LoginCost;
  /** The same with a queue for each shard. */
  readonly spread: LoginCost;
  /** Commands per login that were predicted for each shard. */
  readonly predicted: readonly number[];
  /** One job that does nothing: what BullMQ costs. */
  readonly queueCost: RedisCost;
  /** One request that finds a login pending: CPU of one api and its Redis, and bytes of request and answer. */
  readonly poll: { readonly apiUs: number; readonly redisUs: number; readonly bytes: number };
  /** The sweep's check of one held login. */
  readonly check: SweepCost;
  readonly bytesPerWait: number;
  readonly redisBytesPerLogin: number;
  /** Bytes that a redeemed login leaves in Redis. */
  readonly redisBytesAfterwards: number;
}

/** Puts the numbers between the markers of docs/scaling.md. */
export function writeScaling(inputs: ScalingInputs): void {
  writeFileSync(file, withTable(readFileSync(file, 'utf8'), scalingTables(inputs)));
}

export function scalingTables(inputs: ScalingInputs): string {
  return [
    `Measured on ${machine()}.`,
    capacity(inputs),
    'On a Cluster of three shards, per login:',
    division(inputs),
    'With a queue for each shard (`ISSUANCE_QUEUES=3`), per login:',
    evenDivision(inputs),
    `Where no two logins meet in a job, the shard with the one queue carries ${number((busy * 1e6) / queueShardUs(inputs))} logins/s with its core 70% busy.`,
    `For ${number(waiting)} waiting programs and ${number(loginsPerSecond)} logins a second:`,
    arithmetic(inputs),
  ].join('\n\n');
}

function capacity({
  single,
  queueCost,
  poll,
  check,
  bytesPerWait,
  redisBytesPerLogin,
  ...rest
}: ScalingInputs) {
  const redis = single.shards[0] ?? queueCost;
  const carries = (us: number) => `${number((busy * 1e6) / us)} logins/s`;
  return table(
    ['part', 'one login costs', 'one process carries, its core 70% busy'],
    [
      ['api', us(single.apiUs), carries(single.apiUs)],
      ['issuer', us(single.issuerUs), carries(single.issuerUs)],
      [
        'Redis',
        `${us(redis.cpuUs)}, ${formatted(redis.commands)} commands, ${kilobytes(redis.bytes)} of traffic`,
        carries(redis.cpuUs),
      ],
      [
        '… of it the queue',
        `${formatted(single.jobs)} of a job that costs ${us(queueCost.cpuUs)}, ${formatted(queueCost.commands)} commands, ${kilobytes(queueCost.bytes)}`,
        `${number((busy * 1e6) / queueCost.cpuUs)} jobs/s`,
      ],
      [
        'api, a waiting program',
        kilobytes(bytesPerWait),
        `${number(waitsPerApi)} in ${gigabytes(waitsPerApi * bytesPerWait)}`,
      ],
      [
        'Redis, a pending login',
        `${number(redisBytesPerLogin)} bytes`,
        `${number(1e9 / redisBytesPerLogin)} per GB`,
      ],
      [
        'Redis, a redeemed login',
        `${number(rest.redisBytesAfterwards)} bytes`,
        `${number(1e9 / rest.redisBytesAfterwards)} per GB`,
      ],
      [
        'api and Redis, a request that finds a login pending',
        `${us(poll.apiUs)} and ${us(poll.redisUs)}`,
        `${number((busy * 1e6) / poll.apiUs)} requests/s`,
      ],
      [
        'api and Redis, a check by the sweep',
        `${us(check.apiUs)} and ${us(check.redisUs)}`,
        `${number((busy * 1e6) / check.apiUs)} checks/s`,
      ],
      [
        'network, requests and answers',
        `${kilobytes(single.clientBytes)}; ${kilobytes(poll.bytes)} for one that finds a login pending`,
        '',
      ],
    ],
  );
}

function division({ sharded, predicted }: ScalingInputs): string {
  return table(
    ['shard', 'commands', 'predicted', 'CPU', 'traffic'],
    sharded.shards.map(({ commands, cpuUs, bytes }, index) => [
      index === 0 ? 'with the queue' : `other ${index}`,
      formatted(commands),
      formatted(predicted[index] ?? 0),
      us(cpuUs),
      kilobytes(bytes),
    ]),
  );
}

function evenDivision({ spread }: ScalingInputs): string {
  return table(
    ['shard', 'commands', 'CPU', 'traffic'],
    spread.shards.map(({ commands, cpuUs, bytes }, index) => [
      String(index + 1),
      formatted(commands),
      us(cpuUs),
      kilobytes(bytes),
    ]),
  );
}

/** CPU of the shard with the queue for a login in a job of its own. */
function queueShardUs({ sharded, queueCost }: ScalingInputs): number {
  return (sharded.shards[0]?.cpuUs ?? 0) + (1 - sharded.jobs) * queueCost.cpuUs;
}

function arithmetic(inputs: ScalingInputs): string {
  const { single, sharded, queueCost, poll, check, bytesPerWait, redisBytesPerLogin } = inputs;
  const redis = single.shards[0] ?? queueCost;
  // Spread over many apis, hardly any two logins meet in a job.
  const onShards = sharded.shards.reduce((sum, { cpuUs }) => sum + cpuUs, 0);
  const redisUs = onShards + (1 - sharded.jobs) * queueCost.cpuUs;
  const asksPerSecond = waiting / longPollSeconds;
  const checksPerSecond = waiting / recheckSeconds;
  const cores = (usPerSecond: number) => usPerSecond / 1e6 / busy;
  const apiCores = cores(
    loginsPerSecond * single.apiUs + asksPerSecond * poll.apiUs + checksPerSecond * check.apiUs,
  );
  const redisCores = cores(
    loginsPerSecond * redisUs + asksPerSecond * poll.redisUs + checksPerSecond * check.redisUs,
  );
  const queues = Math.ceil(cores(loginsPerSecond * queueCost.cpuUs));
  const apis = Math.max(Math.ceil(apiCores), Math.ceil(waiting / waitsPerApi));
  const live = loginsPerSecond * loginSeconds;
  return table(
    ['part', 'arithmetic', 'makes'],
    [
      [
        'api processes, by memory and files',
        `${number(waiting)} ÷ ${number(waitsPerApi)}`,
        number(waiting / waitsPerApi),
      ],
      [
        'api processes, by CPU',
        `(${number(loginsPerSecond)} × ${us(single.apiUs)} + ${number(asksPerSecond)} asked anew × ${us(poll.apiUs)} + ${number(checksPerSecond)} checks × ${us(check.apiUs)}) ÷ ${busy}`,
        number(apiCores),
      ],
      [
        'issuer processes',
        `${number(loginsPerSecond)} × ${us(single.issuerUs)} ÷ ${busy}`,
        number(cores(loginsPerSecond * single.issuerUs)),
      ],
      [
        'Redis primaries, in all',
        `(${number(loginsPerSecond)} × ${us(redisUs)}, each in a job of its own, + ${number(asksPerSecond)} × ${us(poll.redisUs)} + ${number(checksPerSecond)} × ${us(check.redisUs)}) ÷ ${busy}`,
        number(Math.max(queues, Math.ceil(redisCores))),
      ],
      [
        'of these, shards with a queue, each with another one',
        `${number(loginsPerSecond)} × ${us(queueCost.cpuUs)} ÷ ${busy}`,
        number(queues),
      ],
      [
        'memory of the apis',
        `${number(waiting)} × ${kilobytes(bytesPerWait)} + ${number(apis)} × 150 MB`,
        gigabytes(waiting * bytesPerWait + apis * processBytes),
      ],
      [
        'memory of Redis, logins',
        `${number(loginsPerSecond)}/s × ${loginSeconds} s × ${number(redisBytesPerLogin)} bytes`,
        gigabytes(live * redisBytesPerLogin),
      ],
      [
        'memory of Redis, what is left of a million redeemed logins',
        `1,000,000 × ${number(inputs.redisBytesAfterwards)} bytes`,
        gigabytes(1e6 * inputs.redisBytesAfterwards),
      ],
      [
        'traffic of Redis',
        `${number(loginsPerSecond)} × ${kilobytes(redis.bytes)}`,
        `${formatted((8 * loginsPerSecond * redis.bytes) / 1e9)} Gbit/s`,
      ],
      [
        'traffic between apis and programs, without TLS',
        `${number(loginsPerSecond)} × ${kilobytes(single.clientBytes)} + ${number(asksPerSecond)} × ${kilobytes(poll.bytes)}`,
        `${formatted((8 * (loginsPerSecond * single.clientBytes + asksPerSecond * poll.bytes)) / 1e9)} Gbit/s`,
      ],
    ],
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const number = (value: number) => Math.ceil(value).toLocaleString('en');
const us = (value: number) => `${formatted(value)} µs`;
const kilobytes = (bytes: number) => `${formatted(bytes / 1e3)} KB`;
const gigabytes = (bytes: number) => `${formatted(bytes / 1e9)} GB`;
