import { Cluster } from 'ioredis';
import type { RedisClient } from './client.ts';
import { startHeartbeat } from './heartbeat.ts';
import { isLoading } from './loading.ts';
import { unavailableReason } from './unavailable.ts';

beforeEach(() => jest.useFakeTimers());
afterEach(() => {
  const left = jest.getTimerCount();
  jest.useRealTimers();
  if (left > 0) throw new Error(`Timers are left: ${left}.`);
});

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A server that answers after 40 ms, unless a test says otherwise. */
function fakeServer() {
  const asked: string[] = [];
  return {
    asked,
    status: 'ready',
    aheadMs: 0,
    clockMs: 40,
    pong: (): Promise<unknown> => later(40),
    infoReply: Promise.resolve('# Persistence\r\nloading:0\r\n'),
    async ping() {
      asked.push('ping');
      await this.pong();
    },
    async time() {
      await later(this.clockMs);
      return [String(Math.round((Date.now() + this.aheadMs) / 1000)), '0'];
    },
    info() {
      asked.push('info');
      return this.infoReply;
    },
  };
}
type FakeServer = ReturnType<typeof fakeServer>;

/** What is told of a connection, each time with its seconds since the start. */
async function listen(client: unknown, during: (told: readonly string[]) => Promise<void>) {
  const told: string[] = [];
  const beganMs = Date.now();
  // As long after the start of the process as it may be.
  await pass(700);
  const tell = (what: string) => told.push(`${(Date.now() - beganMs - 700) / 1000} s: ${what}`);
  const stop = startHeartbeat(
    client as RedisClient,
    { nowMs: () => Date.now() },
    {
      onReply: (latencyMs) => tell(`reply after ${latencyMs} ms`),
      onFailure: (error) => tell(`failure: ${unavailableReason(error)}`),
      onClock: ({ sentence }) => tell(sentence === null ? 'the clocks agree' : 'the clocks differ'),
    },
  );
  await during(told);
  stop();
  const before = told.length;
  await pass(10_000);
  expect(told).toHaveLength(before);
  return told;
}

test('a server is asked each second and a half, until that is stopped', async () => {
  const server = fakeServer();
  const told = await listen(server, async () => {
    await pass(1_600);
    server.aheadMs = 60_000;
    await pass(1_500);
  });
  expect(told).toEqual([
    '1.54 s: reply after 40 ms',
    '1.54 s: the clocks agree',
    '3.04 s: reply after 40 ms',
    '3.04 s: the clocks differ',
  ]);
});

test('a clock of which the answer took too long is not told', async () => {
  const server = Object.assign(fakeServer(), { clockMs: 1_200, aheadMs: 60_000 });
  expect(await listen(server, () => pass(2_900))).toEqual(['2.7 s: reply after 1200 ms']);
});

test('one that does not answer is not asked again until it does, or fails', async () => {
  const server = fakeServer();
  const silent = Promise.withResolvers();
  server.pong = () => silent.promise;
  const told = await listen(server, async () => {
    await pass(6_000);
    expect(server.asked).toEqual(['ping']);
    silent.reject(new Error('Command timed out'));
    server.pong = () => Promise.resolve();
    await pass(1_600);
  });
  expect(told).toEqual(['6 s: failure: timed_out', '7.54 s: reply after 40 ms', '7.54 s: the clocks agree']);
});

test('one that was never connected tells nothing, as one of a Cluster that nobody needed; one whose connection is lost fails at each sign', async () => {
  const server = Object.assign(fakeServer(), { status: 'wait' });
  const told = await listen(server, async () => {
    await pass(3_100);
    server.status = 'ready';
    await pass(1_500);
    server.status = 'reconnecting';
    await pass(3_000);
  });
  expect(told).toEqual([
    '4.54 s: reply after 40 ms',
    '4.54 s: the clocks agree',
    '6 s: failure: connection',
    '7.5 s: failure: connection',
  ]);
});

test('one that loads its data says so', async () => {
  const server = Object.assign(fakeServer(), {
    status: 'connect',
    infoReply: Promise.resolve('# Persistence\r\nloading:1\r\n'),
  });
  expect(await listen(server, () => pass(1_600))).toEqual(['1.5 s: failure: loading']);
  expect(server.asked).toEqual(['info']);
});

test('what is no error is a failure too', async () => {
  const server = fakeServer();
  server.pong = () => Promise.reject('?');
  const failed: string[] = [];
  const stop = startHeartbeat(
    server as unknown as RedisClient,
    { nowMs: () => Date.now() },
    { onFailure: ({ message }) => failed.push(message) },
  );
  await pass(1_600);
  stop();
  expect(failed).toEqual(['The server did not answer.']);
});

/** A Cluster of these primaries. */
function clusterOf(...servers: readonly FakeServer[]) {
  const cluster: unknown = Object.create(Cluster.prototype);
  return Object.assign(cluster as object, { nodes: (role: string) => (role === 'master' ? servers : []) });
}

test('each primary of a Cluster is asked', async () => {
  const [first, second] = [fakeServer(), fakeServer()];
  first.pong = () => Promise.reject(new Error('connect ECONNREFUSED'));
  expect(await listen(clusterOf(first, second), () => pass(1_600))).toEqual([
    '1.5 s: failure: connection',
    '1.54 s: reply after 40 ms',
    '1.54 s: the clocks agree',
  ]);
});

test('a connection loads while one of its servers does; only one that is connected, and not ready, is asked', async () => {
  const loading = Promise.resolve('# Persistence\r\nloading:1\r\nasync_loading:0\r\n');
  const [ready, connected] = [fakeServer(), Object.assign(fakeServer(), { status: 'connect' })];
  const ask = (client: unknown) => isLoading(client as RedisClient);
  expect(await ask(clusterOf(ready, connected))).toBe(false);
  connected.infoReply = loading;
  expect(await ask(connected)).toBe(true);
  expect(await ask(clusterOf(ready, connected))).toBe(true);
  expect(ready.asked).toEqual([]);
  // What waits for a connection would not be answered before it is back.
  const away = { ...fakeServer(), status: 'reconnecting', info: () => new Promise(() => undefined) };
  expect(await ask(away)).toBe(false);
  connected.infoReply = Promise.reject(new Error('Connection is closed.'));
  expect(await ask(connected)).toBe(false);
});
