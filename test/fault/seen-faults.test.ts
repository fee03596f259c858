import { setTimeout as pause } from 'node:timers/promises';
import type { DeviceCodeResponse } from '@ravi/contract';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { Person } from '../support/person.ts';
import { errorOnceCollected, isLostConnection, waitPatiently } from '../support/program.ts';
import { randomFrom, seed } from '../support/random.ts';
import { type RedisUnderFault, startRedisUnderFault } from '../support/redis-under-fault.ts';
import { type ServiceProcess, TestStack } from '../support/services.ts';

const kinds = ['single', 'sentinel', 'cluster'] as const;

/** How long the faults go on: each kind once, or for longer by hand, `RAVI_FAULT_SECONDS=600`, on another Redis than a single one. */
const seconds = Number(process.env['RAVI_FAULT_SECONDS'] ?? 0);
const kind = kinds.find((one) => one === process.env['RAVI_FAULT_REDIS']) ?? 'single';

/** An operator learns of an outage within this time. */
const seenWithinMs = 5_000;

/** Logins that are under way at the same time. */
const programs = 4;

let redis: RedisUnderFault;
let stack: TestStack;
let apis: readonly [ServiceProcess, ServiceProcess];
let services: readonly ServiceProcess[];
let person: Person;
beforeAll(async () => {
  redis = await startRedisUnderFault(kind);
  stack = new TestStack('redis://127.0.0.1:1', { RECHECK_SECONDS: '1', ...redis.env });
  const [first, second, issuer] = await Promise.all([
    stack.startApi(),
    stack.startApi(),
    stack.startIssuer(),
  ]);
  apis = [first, second];
  services = [first, second, issuer];
  person = await Person.signUp(first.url);
});
afterAll(async () => {
  await stack.stop();
  await redis.stop();
});

interface Fault {
  readonly name: string;
  /** Resolves to how it ends. */
  readonly begin: (random: () => number) => Promise<() => unknown>;
}

const badSetting = (name: string, bad: string) => async () => {
  await redis.set(name, bad);
  return () => redis.set(name, '0');
};
const faults: readonly Fault[] = [
  // With a replica, another server takes its place.
  { name: 'frozen', begin: (random) => redis.freezePrimary(Math.floor(random() * 3)) },
  { name: 'full', begin: badSetting('maxmemory', '1mb') },
  { name: 'without replicas', begin: badSetting('min-replicas-to-write', '3') },
];

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

/** What the metrics of all services tell of Redis: it grows with every failure and every lost connection. */
async function troubles(): Promise<number> {
  const text = (await Promise.all(services.map(metricsOf))).join('\n');
  const counts = text.matchAll(/^ravi_(?:unavailable|redis_connection_losses)_total\{[^}]*\} (\d+)$/gm);
  return Array.from(counts, ([, count]) => Number(count)).reduce((sum, count) => sum + count, 0);
}

test(
  `under random faults of a ${kind} Redis no login is lost, doubled or answered wrongly, and each fault is in the log and the metrics within 5 s (seed ${seed})`,
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
    do {
      for (const { name, begin } of shuffled(faults, random)) {
        const [lines, troubled] = [outageLines(), await troubles()];
        const end = await begin(random);
        const beganMs = Date.now();
        try {
          await eventually(
            'the fault is in the log and the metrics',
            async () => outageLines() > lines && (await troubles()) > troubled,
            seenWithinMs,
          );
        } catch {
          unseen.push(name);
        }
        await pause(Math.max(0, beganMs + random() * 1_500 - Date.now()));
        await end();
        await eventually('the metrics say that it is over', async () =>
          (await Promise.all(services.map(metricsOf))).every(
            (text) => !/^ravi_outage\{[^}]*\} 1$/m.test(text),
          ),
        );
      }
    } while (Date.now() < endMs);
    over.abort();
    await Promise.all(running);

    expect(unseen).toEqual([]);
    expect(histories.length).toBeGreaterThan(20);
    // Nobody denied, nothing expired: any answer but the credentials is a wrong one.
    expect(histories.filter(({ status }) => status !== 200)).toEqual([]);
    expect(new Set(histories.map(({ refreshToken }) => refreshToken)).size).toBe(histories.length);
    for (const { deviceCode } of histories.slice(-20))
      expect(await errorOnceCollected(apis[0].url, deviceCode)).toBe('invalid_grant');
  },
  seconds * 1_000 + 120_000,
);

async function oneLogin(): Promise<History> {
  const login = await untilAnswered(async (url) => {
    const { status, body } = await send<DeviceCodeResponse>(`${url}/api/auth/device/`);
    return status === 200 ? body : null;
  });
  const waiting = waitPatiently(
    apis.map(({ url }) => url),
    login.device_code,
  );
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
  return eventually('an api answers', async () => {
    try {
      return await ask(apis[turn++ % 2 ? 1 : 0].url);
    } catch (error) {
      if (!isLostConnection(error)) throw error;
      return null;
    }
  });
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
