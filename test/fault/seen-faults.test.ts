import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { type History, ProgramsAtWork } from '../support/programs-at-work.ts';
import { randomFrom, seed } from '../support/random.ts';
import { type RedisUnderFault, startRedisUnderFault } from '../support/redis-under-fault.ts';
import { type ServiceProcess, TestStack } from '../support/services.ts';
import type { TcpProxy } from '../support/tcp-proxy.ts';

const kinds = ['single', 'sentinel', 'cluster'] as const;

/** How long the faults go on: each kind once, or for longer by hand, `RAVI_FAULT_SECONDS=600`, on another Redis than a single one. */
const seconds = Number(process.env['RAVI_FAULT_SECONDS'] ?? 0);
const kind = kinds.find((one) => one === process.env['RAVI_FAULT_REDIS']) ?? 'single';

/** An operator learns of an outage within 5 s, by the time of the line in the log; beside other tests, services are given more time. */
const seenWithinMs = seconds > 0 ? 5_000 : 15_000;

/** When it is known here is this machine's matter. */
const readWithinMs = 60_000;

/** How often the metrics are read while they are waited for: it takes a process as long as a login does. */
const metricsEveryMs = 250;

/** What a fault broke is whole again within this time, another server's taking over included. */
const overWithinMs = 60_000;

/** Logins that are under way at the same time, and how many of them begin in a second; by hand, more, and no more than half load. */
const programs = Number(process.env['RAVI_FAULT_PROGRAMS'] ?? 4);
const perSecond = Number(process.env['RAVI_FAULT_LOGINS_PER_SECOND'] ?? 0) || null;

let redis: RedisUnderFault;
let stack: TestStack;
let apis: [ServiceProcess, ServiceProcess];
let issuer: ServiceProcess;
/** Of the two apis that run now. */
const urls: string[] = [];
const services: ServiceProcess[] = [];
beforeAll(async () => {
  redis = await startRedisUnderFault(kind);
  stack = new TestStack('redis://127.0.0.1:1', {
    RECHECK_SECONDS: '1',
    // Outages are warnings; lines of each login would fill the memory of a long run.
    LOG_LEVEL: 'warn',
    ...redis.env,
  });
  const [first, second, worker] = await Promise.all([
    stack.startApi(),
    stack.startApi(),
    stack.startIssuer(),
  ]);
  apis = [first, second];
  issuer = worker;
  services.push(...apis, issuer);
  urls.push(...apis.map(({ url }) => url));
});
afterAll(async () => {
  await stack.stop();
  await redis.stop();
});

interface Fault {
  readonly name: string;
  /** Whether processes that live on have to tell of it. */
  readonly seen: boolean;
  /** Resolves to how it ends. */
  readonly begin: (random: () => number) => Promise<() => unknown>;
}

const badSetting =
  (name: string, bad: string, good = '0') =>
  async () => {
    await redis.callAll('CONFIG', 'SET', name, bad);
    return () => redis.callAll('CONFIG', 'SET', name, good);
  };
/** Behind a Sentinel a primary without its replica takes no writes at all. */
const minReplicas = kind === 'sentinel' ? '1' : '0';
const atProxies = (begin: (proxy: TcpProxy) => unknown, end: (proxy: TcpProxy) => unknown) => async () => {
  redis.proxies.forEach(begin);
  return () => redis.proxies.forEach(end);
};
/**
 * Behind a Sentinel these break its own connections and those of the replica too, and it replaces a primary that goes on: what that one
 * took meanwhile is lost, which is no fault of ours (docs/durability.md). `dead-connections.test.ts` has them with a Sentinel alone.
 */
const ofOneSide = kind === 'sentinel' ? [] : [deadConnections(), slowConnections()];

const faults: readonly Fault[] = [
  // With a replica, another server takes its place.
  { name: 'frozen', seen: true, begin: (random) => redis.freezePrimary(Math.floor(random() * 3)) },
  { name: 'killed', seen: true, begin: (random) => redis.killPrimary(Math.floor(random() * 3)) },
  { name: 'full', seen: true, begin: badSetting('maxmemory', '1mb') },
  { name: 'without replicas', seen: true, begin: badSetting('min-replicas-to-write', '3', minReplicas) },
  ...ofOneSide,
  {
    // New ones take their place at once: mostly nobody notices.
    name: 'connections are cut',
    seen: false,
    begin: atProxies(
      (proxy) => proxy.cutOpen(),
      () => undefined,
    ),
  },
  {
    name: 'an api is killed',
    seen: false,
    begin: async (random) => {
      const at = random() < 0.5 ? 0 : 1;
      await apis[at].end('SIGKILL');
      apis[at] = await stack.startApi();
      services.push(apis[at]);
      urls[at] = apis[at].url;
      return () => undefined;
    },
  },
  {
    name: 'the issuer is killed',
    seen: false,
    begin: async () => {
      await issuer.end('SIGKILL');
      issuer = await stack.startIssuer();
      services.push(issuer);
      return () => undefined;
    },
  },
  {
    name: 'scripts are forgotten',
    seen: false,
    begin: async () => {
      await redis.callAll('SCRIPT', 'FLUSH');
      return () => undefined;
    },
  },
];

function deadConnections(): Fault {
  return {
    name: 'connections are dead without a word',
    seen: true,
    begin: atProxies(
      (proxy) => proxy.freezeOpen(),
      () => undefined,
    ),
  };
}

function slowConnections(): Fault {
  return {
    name: 'connections are slow',
    seen: true,
    begin: atProxies(
      (proxy) => proxy.delayOpen(1_500),
      (proxy) => proxy.delayOpen(0),
    ),
  };
}

/** What the services logged as errors: an answer 500 has its cause there. */
const errorLines = () =>
  services.flatMap((service) =>
    service
      .output()
      .split('\n')
      .filter((line) => line.includes('"level":"error"')),
  );

const readUpTo = new Map<ServiceProcess, number>();
const toldAtMs: number[] = [];

/** When the services told of outages in their logs. It reads on from where it stopped: the logs of a long run are long. */
function outagesToldAtMs(): readonly number[] {
  for (const service of services) {
    const output = service.output();
    const end = output.lastIndexOf('\n') + 1;
    for (const line of output.slice(readUpTo.get(service) ?? 0, end).split('\n')) {
      if (/outage began|redis is away/.test(line))
        toldAtMs.push(Date.parse(/"time":"([^"]+)"/.exec(line)?.[1] ?? ''));
    }
    readUpTo.set(service, end);
  }
  return toldAtMs;
}

const metricsOf = async ({ adminUrl }: ServiceProcess) => (await fetch(`${adminUrl}/metrics`)).text();

/** The metrics of the processes that run now, in one text. */
const metrics = async () => (await Promise.all([...apis, issuer].map(metricsOf))).join('\n');

/** Whether a process tells of an outage. */
const tellsOutage = (text: string) => /^ravi_outage\{[^}]*\} 1$/m.test(text);

/** What metrics tell of Redis: it grows with every failure and every lost connection. */
function troubles(text: string): number {
  const counts = text.matchAll(/^ravi_(?:unavailable|redis_connection_losses)_total\{[^}]*\} (\d+)$/gm);
  return Array.from(counts, ([, count]) => Number(count)).reduce((sum, count) => sum + count, 0);
}

test(
  `under random faults of a ${kind} Redis, its connections and the services no login is lost, doubled or answered wrongly, and each fault of Redis is in the log and the metrics within 5 s (seed ${seed})`,
  async () => {
    const random = randomFrom(seed);
    const seen = new Map<string, number[]>();
    const unseen: string[] = [];
    let history: History;
    const beganMs = Date.now();
    const work = await ProgramsAtWork.start({ urls, programs, perSecond });
    try {
      do {
        for (const fault of shuffled(faults, random)) {
          const afterMs = await undergo(fault, random);
          seen.set(fault.name, [...(seen.get(fault.name) ?? []), afterMs]);
          if (afterMs > seenWithinMs) unseen.push(fault.name);
        }
      } while (Date.now() - beganMs < seconds * 1_000);
      await eventually('logins go on', () => work.logins > 20);
    } finally {
      history = await work.stop();
      if (seconds > 0) process.stdout.write(summary(history, seen, Date.now() - beganMs));
    }
    const { lost, doubled, wrong } = history;
    expect({ lost, doubled, wrong, unseen }).toEqual({ lost: [], doubled: [], wrong: [], unseen: [] });
  },
  seconds * 1_000 + 240_000,
);

/** Resolves when what the fault broke is whole again, to how soon it was in the log and the metrics; 0 where nobody has to notice. */
async function undergo({ seen, begin }: Fault, random: () => number): Promise<number> {
  const sinceMs = Date.now();
  const before = await metrics();
  const end = await begin(random);
  const beganMs = Date.now();
  let afterMs = 0;
  if (seen) {
    const told = await eventually(
      'the fault is in the log and the metrics',
      async () => {
        // An outage that goes on from before has its line already.
        const atMs = tellsOutage(before) ? beganMs : outagesToldAtMs().find((each) => each >= sinceMs);
        return atMs !== undefined && troubles(await metrics()) > troubles(before) ? atMs : null;
      },
      readWithinMs,
    ).catch(() => Infinity);
    afterMs = Math.max(0, told - beganMs);
    await pause(Math.max(0, beganMs + random() * 1_500 - Date.now()));
  }
  await end();
  await eventually(
    'the metrics say that it is over',
    async () => !tellsOutage(await metrics()),
    overWithinMs,
    metricsEveryMs,
  );
  return afterMs;
}

function summary(
  { logins, slowestMs, toldAgain, lost, doubled, wrong }: History,
  seen: ReadonlyMap<string, readonly number[]>,
  tookMs: number,
): string {
  const perSecond = ((logins / tookMs) * 1_000).toFixed(1);
  const lines = [
    `${kind}, ${(tookMs / 1_000).toFixed(0)} s: ${logins} logins (${perSecond}/s), the slowest took ${slowestMs} ms`,
    `${lost.length} lost, ${doubled.length} doubled, ${wrong.length} wrong answers; ${toldAgain} codes gave the same credentials again`,
  ];
  lines.push(
    ...new Set(errorLines().map((line) => line.replaceAll(/"(time|requestId|instance)":"[^"]*",?/g, ''))),
  );
  for (const [name, afterMs] of seen) {
    const slowest = Math.max(...afterMs);
    lines.push(`${afterMs.length} times ${name}${slowest > 0 ? `: seen within ${slowest} ms` : ''}`);
  }
  return `${lines.join('\n')}\n`;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
