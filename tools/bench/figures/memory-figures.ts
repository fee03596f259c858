import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import { connectRedis } from '@ravi/redis';
import type { LoadResult } from '../../load/measuring/load-result.ts';
import { processGauge, readProcess, type ServerGauge } from '../../load/measuring/server-figures.ts';
import { Product } from '../../load/stack/product.ts';
import type { ServerProcess } from '../../load/stack/server-process.ts';
import { drive } from '../drive.ts';
import { atMost, type Effort, type Figure, within } from '../figure.ts';
import { startProgram } from '../program.ts';
import { measured, type Measured } from '../medians.ts';

/** Waits of one server process: close to its file limit here. */
export const waitsPerProcess = 17_000;

/** Time for a server to collect its garbage and give memory back. */
const collectMs = 700;

/** Waits that are opened and closed first, so that code and pools exist before memory is measured. */
const warmUpWaits = 1_000;

/**
 * V8's young generation at its full size from the start: it grows once, with the first thousands of waits, and is a cost of
 * the process, not of each wait.
 */
const youngGeneration = ['--min-semi-space-size=16', '--max-semi-space-size=16'];

const nodeFlags = [
  '--expose-gc',
  ...youngGeneration,
  '--import',
  join(import.meta.dirname, '../gc-on-signal.ts'),
];

interface HeldRound {
  readonly bytesPerWait: number;
  /** The busiest server's CPU while idle, in hundredths of a core. */
  readonly idleCpuPercent: number;
  readonly redisBytesPerLogin: number;
}

/** Memory of a held wait, at two sizes, and the CPU of holding while idle. */
export async function memoryFigures({ held }: Effort): Promise<Figure[]> {
  const figures: Figure[] = [];
  let fewer: Measured | null = null;
  for (const size of held) {
    const its = await figuresAt(size, fewer);
    figures.push(...its);
    fewer = { ...(its[0]?.ours ?? measured('', [])), name: `${size.waits.toLocaleString('en')} held` };
  }
  return figures;
}

async function figuresAt(
  { waits, rounds, idleSeconds }: Effort['held'][number],
  fewer: Measured | null,
): Promise<Figure[]> {
  const found: { ours: HeldRound; bare: HeldRound }[] = [];
  for (let round = 0; round < rounds; round++) {
    const seconds = round === 0 ? Math.max(1, idleSeconds) : 1;
    found.push({ ours: await holdOurs(waits, seconds), bare: await holdBare(waits, 1) });
  }
  const size = waits.toLocaleString('en');
  const all = (name: string, pick: (round: { ours: HeldRound; bare: HeldRound }) => number) =>
    measured(name, found.map(pick));
  const ours = all('ours', (round) => round.ours.bytesPerWait);
  const bare = all('bare held node:http', (round) => round.bare.bytesPerWait);
  const redis = all('ours', (round) => round.ours.redisBytesPerLogin);
  const figures: Figure[] = [
    {
      title: `memory per held wait, ${size} held`,
      unit: 'bytes',
      ours,
      others: [bare],
      targets: [atMost(ours, bare, 0.9), ...(fewer ? [within(ours, fewer, 0.05)] : [])],
    },
    {
      title: `Redis per pending login, ${size} held`,
      unit: 'bytes',
      ours: redis,
      others: [],
      targets: [below(redis, 1_024, 'bytes')],
    },
  ];
  if (idleSeconds > 0) {
    const cpu = measured('ours', [found[0]?.ours.idleCpuPercent ?? Number.NaN]);
    figures.push({
      title: `CPU of api and Redis, ${size} held, idle`,
      unit: '% of a core',
      ours: cpu,
      others: [],
      targets: [below(cpu, 2, '%')],
    });
  }
  return figures;
}

function below(ours: Measured, max: number, unit: string) {
  return { text: `≤ ${max} ${unit}`, reached: ours.median / max, met: ours.median <= max };
}

/** Holds this many waits at our apis, in as many processes as needed, for some seconds. */
export async function holdOurs(waits: number, seconds: number): Promise<HeldRound> {
  const product = await Product.onRedis();
  try {
    const count = Math.ceil(waits / waitsPerProcess);
    const [first, ...others] = await Promise.all(
      Array.from({ length: count }, () => product.startApi({ nodeFlags })),
    );
    const starter = await product.startApi();
    if (!first) throw new Error('No api.');
    const apis = [first, ...others];
    const gauges = product.servers.map(({ name, pid }) => processGauge(name, pid));
    const urls = [first.url, ...others.map(({ url }) => url)] as const;
    const before = await redisBytes(product.redis.url);
    const round = await hold(
      starter.url,
      urls,
      apis.map(({ server }) => server),
      gauges,
      waits,
      seconds,
    );
    return {
      ...round,
      redisBytesPerLogin: ((await redisBytes(product.redis.url)) - before) / (waits + warmUpWaits),
    };
  } finally {
    await product.stop();
  }
}

async function holdBare(waits: number, seconds: number): Promise<HeldRound> {
  const product = await Product.onRedis();
  const count = Math.ceil(waits / waitsPerProcess);
  const start = () => startProgram('floors/held-http.ts', product.redis.url, null, { nodeFlags });
  const floors = await Promise.all(Array.from({ length: 1 + count }, start));
  const [starter, first, ...others] = floors;
  try {
    if (!starter || !first) throw new Error('No floor.');
    const servers = [first, ...others].map(({ server }) => server);
    const urls = [first.url, ...others.map(({ url }) => url)] as const;
    return { ...(await hold(starter.url, urls, servers, [], waits, seconds)), redisBytesPerLogin: 0 };
  } finally {
    await Promise.all(floors.map(({ server }) => server.stop()));
    await product.stop();
  }
}

async function hold(
  starterUrl: string,
  urls: readonly [string, ...string[]],
  servers: readonly ServerProcess[],
  gauges: readonly ServerGauge[],
  waits: number,
  seconds: number,
): Promise<Omit<HeldRound, 'redisBytesPerLogin'>> {
  const phaseGauges = servers.map((server) => () => afterCollecting(server));
  const deployment = { urls, callUrls: [starterUrl], gauges } as const;
  await drive(deployment, 'hold', '--clients', String(warmUpWaits), '--seconds', '1');
  const result = await drive(
    { ...deployment, phaseGauges },
    'hold',
    '--clients',
    String(waits),
    '--seconds',
    String(seconds),
  );
  const growth = result.phases.find(({ name }) => name === 'held')?.usage ?? [];
  const bytes = growth.reduce((total, { rssGrowthBytes }) => total + rssGrowthBytes, 0);
  return { bytesPerWait: bytes / waits, idleCpuPercent: idleCpu(result) };
}

async function afterCollecting(server: ServerProcess) {
  server.signal('SIGUSR2');
  await pause(collectMs);
  return readProcess(server.name, server.pid);
}

/** Time to collect the garbage of opening the waits, which is no cost of holding them. */
const stillAfterMs = 5_000;

/** The CPU of the busiest server, from a while after all waits were held until the end. */
function idleCpu({ timeline, phases }: LoadResult): number {
  const fromMs = (phases.find(({ name }) => name === 'held')?.untilMs ?? 0) + stillAfterMs;
  const untilMs = phases.find(({ name }) => name === 'idle')?.untilMs ?? 0;
  const idle = timeline.filter(({ atMs }) => atMs > fromMs && atMs < untilMs);
  const [first, last] = [idle[0], idle.at(-1)];
  if (!first || !last || first === last) return 0;
  const percents = last.servers.map(({ name, cpuSeconds }) => {
    const then = first.servers.find((server) => server.name === name)?.cpuSeconds ?? cpuSeconds;
    return (100_000 * (cpuSeconds - then)) / (last.atMs - first.atMs);
  });
  return Math.max(0, ...percents);
}

export async function redisBytes(url: string): Promise<number> {
  const redis = connectRedis({ kind: 'single', url }, 'commands', 'bench');
  redis.on('error', () => undefined);
  await new Promise((resolve) => redis.once('ready', resolve));
  const info = await redis.info('memory');
  redis.disconnect();
  return Number(/^used_memory:(\d+)/m.exec(info)?.[1]);
}
