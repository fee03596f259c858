import { setTimeout as pause } from 'node:timers/promises';
import type { DeviceCodeResponse } from '@ravi/contract';
import { eventually } from '../support/eventually.ts';
import { FaultStack } from '../support/fault-stack.ts';
import { send } from '../support/http.ts';
import { errorOnceCollected, isLostConnection, waitPatiently } from '../support/program.ts';
import { randomFrom, seed } from '../support/random.ts';
import type { ServiceProcess } from '../support/services.ts';

/** How long the faults go on: each kind once, or for longer by hand, `RAVI_FAULT_SECONDS=600`. */
const seconds = Number(process.env['RAVI_FAULT_SECONDS'] ?? 0);

/** An operator learns of an outage within this time. */
const seenWithinMs = 5_000;

/** Logins that are under way at the same time. */
const programs = 4;

let fault: FaultStack;
beforeAll(async () => (fault = await FaultStack.open()));
afterAll(() => fault.close());

interface Fault {
  readonly name: string;
  readonly begin: () => Promise<unknown>;
  readonly end: () => Promise<unknown>;
}

const setting = (name: string, value: string) => fault.client.call('CONFIG', 'SET', name, value);
const faults: readonly Fault[] = [
  { name: 'frozen', begin: async () => fault.redis.freeze(), end: async () => fault.redis.thaw() },
  { name: 'killed', begin: () => fault.redis.kill(), end: () => fault.redis.start() },
  { name: 'full', begin: () => setting('maxmemory', '1mb'), end: () => setting('maxmemory', '0') },
  {
    name: 'without replicas',
    begin: () => setting('min-replicas-to-write', '1'),
    end: () => setting('min-replicas-to-write', '0'),
  },
];

/** What a program went through. */
interface History {
  readonly deviceCode: string;
  readonly status: number;
  readonly error: string | undefined;
  readonly refreshToken: string;
}

const outageLine = /outage began|redis is away/;

/** The log lines about outages of a service, by their number: the next ones come after these. */
const outageLines = (service: ServiceProcess) =>
  service
    .output()
    .split('\n')
    .filter((line) => outageLine.test(line));

/** What the metrics of a service tell of Redis: it grows with every failure and every lost connection. */
async function troubles({ adminUrl }: ServiceProcess): Promise<number> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  const counts = text.matchAll(/^ravi_(?:unavailable|redis_connection_losses)_total\{[^}]*\} (\d+)$/gm);
  return Array.from(counts, ([, count]) => Number(count)).reduce((sum, count) => sum + count, 0);
}

test(`under random faults of Redis no login is lost, doubled or answered wrongly, and each fault is in the log and the metrics within 5 s (seed ${seed})`, async () => {
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
    for (const { name, begin, end } of shuffled(faults, random)) {
      const [api] = fault.apis;
      const [lines, troubled] = [outageLines(api).length, await troubles(api)];
      await begin();
      const beganMs = Date.now();
      try {
        await eventually(
          'the fault is in the log and the metrics',
          async () => outageLines(api).length > lines && (await troubles(api)) > troubled,
          seenWithinMs,
        );
      } catch {
        unseen.push(name);
      }
      await pause(Math.max(0, beganMs + random() * 1_500 - Date.now()));
      await end();
      await eventually('the outage has ended in the log', async () => {
        const [, last] = /.*(outage (?:began|ended))/s.exec(api.output()) ?? [];
        const text = await (await fetch(`${api.adminUrl}/metrics`)).text();
        return last !== 'outage began' && !/^ravi_outage\{[^}]*\} 1$/m.test(text);
      });
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
    expect(await errorOnceCollected(fault.urls[0], deviceCode)).toBe('invalid_grant');
});

async function oneLogin(): Promise<History> {
  const login = await untilAnswered(async (url) => {
    const { status, body } = await send<DeviceCodeResponse>(`${url}/api/auth/device/`);
    return status === 200 ? body : null;
  });
  const waiting = waitPatiently(fault.urls, login.device_code);
  await untilAnswered(async (url) => {
    const { status } = await fault.person.approve(url, login.user_code);
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
      return await ask(fault.urls[turn++ % 2] ?? '');
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
