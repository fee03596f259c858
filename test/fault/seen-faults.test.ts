import { setTimeout as pause } from 'node:timers/promises';
import type { DeviceCodeResponse } from '@ravi/contract';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { Person } from '../support/person.ts';
import { isLostConnection, poll, waitPatiently } from '../support/program.ts';
import { randomFrom, seed } from '../support/random.ts';
import { type RedisUnderFault, startRedisUnderFault } from '../support/redis-under-fault.ts';
import { type ServiceProcess, TestStack } from '../support/services.ts';
import type { TcpProxy } from '../support/tcp-proxy.ts';

const kinds = ['single', 'sentinel', 'cluster'] as const;

/** How long the faults go on: each kind once, or for longer by hand, `RAVI_FAULT_SECONDS=600`, on another Redis than a single one. */
const seconds = Number(process.env['RAVI_FAULT_SECONDS'] ?? 0);
const kind = kinds.find((one) => one === process.env['RAVI_FAULT_REDIS']) ?? 'single';

/** An operator learns of an outage within this time. */
const seenWithinMs = 5_000;

/** What a fault broke is whole again within this time, another server's taking over included. */
const overWithinMs = 60_000;

/** Logins that are under way at the same time. */
const programs = 4;

let redis: RedisUnderFault;
let stack: TestStack;
let apis: [ServiceProcess, ServiceProcess];
let issuer: ServiceProcess;
/** Of the two apis that run now. */
const urls: string[] = [];
/** All that ran. */
const services: ServiceProcess[] = [];
let person: Person;
beforeAll(async () => {
  redis = await startRedisUnderFault(kind);
  stack = new TestStack('redis://127.0.0.1:1', { RECHECK_SECONDS: '1', ...redis.env });
  const [first, second, worker] = await Promise.all([
    stack.startApi(),
    stack.startApi(),
    stack.startIssuer(),
  ]);
  apis = [first, second];
  issuer = worker;
  services.push(...apis, issuer);
  urls.push(...apis.map(({ url }) => url));
  person = await Person.signUp(first.url);
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

/** What a program went through. */
interface History {
  readonly deviceCode: string;
  readonly status: number;
  readonly error: string | undefined;
  readonly refreshToken: string;
}

const outageLine = /outage began|redis is away/;

/** How many log lines about outages the services have printed. */
const outageLines = () =>
  services.flatMap((service) =>
    service
      .output()
      .split('\n')
      .filter((line) => outageLine.test(line)),
  ).length;

const metricsOf = async ({ adminUrl }: ServiceProcess) => (await fetch(`${adminUrl}/metrics`)).text();

/** The metrics of the processes that run now. */
const metrics = () => Promise.all([...apis, issuer].map(metricsOf));

/** What the metrics tell of Redis: it grows with every failure and every lost connection. */
async function troubles(): Promise<number> {
  const text = (await metrics()).join('\n');
  const counts = text.matchAll(/^ravi_(?:unavailable|redis_connection_losses)_total\{[^}]*\} (\d+)$/gm);
  return Array.from(counts, ([, count]) => Number(count)).reduce((sum, count) => sum + count, 0);
}

test(
  `under random faults of a ${kind} Redis, its connections and the services no login is lost, doubled or answered wrongly, and each fault of Redis is in the log and the metrics within 5 s (seed ${seed})`,
  async () => {
    const random = randomFrom(seed);
    const histories: History[] = [];
    const over = new AbortController();
    const loop = async (): Promise<void> => {
      while (!over.signal.aborted) histories.push(await oneLogin());
    };
    const running = Array.from({ length: programs }, loop);
    const endMs = Date.now() + seconds * 1000;
    const unseen: string[] = [];
    let begun = 0;
    do {
      for (const { name, seen, begin } of shuffled(faults, random)) {
        const [lines, troubled] = [outageLines(), await troubles()];
        const end = await begin(random);
        begun++;
        const beganMs = Date.now();
        try {
          if (seen)
            await eventually(
              'the fault is in the log and the metrics',
              async () => outageLines() > lines && (await troubles()) > troubled,
              seenWithinMs,
            );
        } catch {
          unseen.push(name);
        }
        if (seen) await pause(Math.max(0, beganMs + random() * 1_500 - Date.now()));
        await end();
        await eventually(
          'the metrics say that it is over',
          async () => (await metrics()).every((text) => !/^ravi_outage\{[^}]*\} 1$/m.test(text)),
          overWithinMs,
        );
      }
    } while (Date.now() < endMs);
    over.abort();
    await Promise.all(running);
    if (seconds > 0) process.stdout.write(`${kind}: ${begun} faults, ${histories.length} logins\n`);

    expect(histories.length).toBeGreaterThan(20);
    // Nobody denied, nothing expired: any answer but the credentials is a wrong one.
    expect(histories.filter(({ status }) => status !== 200)).toEqual([]);
    expect(new Set(histories.map(({ refreshToken }) => refreshToken)).size).toBe(histories.length);
    for (const { deviceCode, refreshToken } of histories.slice(-20))
      expect(['invalid_grant', refreshToken]).toContain(await toldAgain(deviceCode));
    expect(unseen).toEqual([]);
  },
  seconds * 1_000 + 240_000,
);

/**
 * What a program is told that asks again after its answer: that it is over, or, where an api died before it noted that it had
 * answered, the very same credentials.
 */
function toldAgain(deviceCode: string): Promise<string | undefined> {
  return eventually('the code is told that it is over', async () => {
    const { status, body } = await poll(urls[0] ?? '', deviceCode);
    if (status === 200) return body.refresh;
    return status === 400 && body.error !== 'authorization_pending' ? body.error : null;
  });
}

async function oneLogin(): Promise<History> {
  const login = await untilAnswered(async (url) => {
    const { status, body } = await send<DeviceCodeResponse>(`${url}/api/auth/device/`);
    return status === 200 ? body : null;
  });
  const waiting = waitPatiently(urls, login.device_code);
  await untilAnswered(async (url) => {
    const { status } = await person.approve(url, login.user_code);
    return status === 200 || null;
  });
  const { status, body } = await waiting;
  return { deviceCode: login.device_code, status, error: body.error, refreshToken: body.refresh };
}

/** Asks one api after the other until one answers as it should. */
function untilAnswered<T>(ask: (url: string) => Promise<T | null>) {
  let turn = 0;
  return eventually(
    'an api answers',
    async () => {
      try {
        return await ask(urls[turn++ % 2] ?? '');
      } catch (error) {
        if (!isLostConnection(error)) throw error;
        return null;
      }
    },
    overWithinMs,
  );
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
