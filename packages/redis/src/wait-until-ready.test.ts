import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:net';
import type { RedisClient } from './client.ts';
import type { RedisTopology } from './topology.ts';
import { RedisNotUsable, waitUntilReady } from './wait-until-ready.ts';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

/** A connection that a test lets fail, load and get ready; what of it is heard, and how waiting for it ended. */
function wait(timeoutMs = 5_000, status = 'connecting', topology?: RedisTopology) {
  const client = Object.assign(new EventEmitter(), {
    status,
    info: async () => (client.loads ? '# Persistence\r\nloading:1\r\n' : '# Persistence\r\nloading:0\r\n'),
    loads: false,
  });
  const heard: string[] = [];
  const waiting = waitUntilReady(client as unknown as RedisClient, timeoutMs, topology, () =>
    heard.push('loading'),
  ).then(
    () => heard.push('ready'),
    (error: unknown) => heard.push(error instanceof RedisNotUsable ? error.message : String(error)),
  );
  const getReady = () => {
    client.status = 'ready';
    client.emit('ready');
  };
  return { client, heard, waiting, getReady };
}

/** Nothing of what waited is left. */
function expectNothingLeft(client: EventEmitter) {
  expect([client.eventNames(), jest.getTimerCount()]).toEqual([[], 0]);
}

test('a connection that is ready is not waited for', async () => {
  const { client, heard } = wait(5_000, 'ready');
  await pass(0);
  expect(heard).toEqual(['ready']);
  expectNothingLeft(client);
});

test('one that gets ready is waited for until then', async () => {
  const { client, heard, getReady } = wait();
  client.emit('error', new Error('connect ECONNREFUSED'));
  await pass(4_900);
  expect(heard).toEqual([]);
  getReady();
  await pass(0);
  expect(heard).toEqual(['ready']);
  expectNothingLeft(client);
});

test('one that does not is given up when its time is over, with the last reason', async () => {
  const { client, heard } = wait();
  client.emit('error', new Error('connect ETIMEDOUT'));
  client.emit('error', new Error('connect ECONNREFUSED'));
  await pass(4_900);
  expect(heard).toEqual([]);
  await pass(400);
  expect(heard).toEqual([
    'Redis could not be used within 5 s. The last reason was: connect ECONNREFUSED. Start the stack (npm start) or Redis, or set REDIS_URL.',
  ]);
  expectNothingLeft(client);
});

test('where nothing is known, the sentence says so', async () => {
  const { heard } = wait(30_000);
  await pass(30_300);
  expect(heard).toEqual([
    'Redis could not be used within 30 s. It did not answer: start it, or set REDIS_URL.',
  ]);
});

test('a refused user or password ends the wait at once', async () => {
  const { client, heard } = wait();
  client.emit('error', new Error('WRONGPASS invalid username-password pair'));
  await pass(0);
  expect(heard).toEqual([
    expect.stringMatching(/^Redis could not be used\. The last reason was: WRONGPASS .*percent-encoded/),
  ]);
  expectNothingLeft(client);
});

test('a Redis that loads its data is waited for however long that takes, and that is told once; its time begins when it has', async () => {
  const { client, heard, getReady } = wait();
  Object.assign(client, { loads: true, status: 'connect' });
  await pass(3_600_000);
  expect(heard).toEqual(['loading']);
  Object.assign(client, { loads: false });
  await pass(4_600);
  expect(heard).toEqual(['loading']);
  getReady();
  await pass(0);
  expect(heard).toEqual(['loading', 'ready']);
});

test('one that is away once it has loaded is given up', async () => {
  const { client, heard } = wait();
  Object.assign(client, { loads: true, status: 'connect' });
  await pass(60_000);
  Object.assign(client, { loads: false, status: 'reconnecting' });
  await pass(5_300);
  expect(heard).toEqual(['loading', expect.stringContaining('within 5 s')]);
});

test('Sentinels and nodes of a Cluster are asked for the reason, which their connection does not tell', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  server.close();
  await once(server, 'close');
  const nodes = [{ host: '127.0.0.1', port }];
  const { client, heard, waiting } = wait(5_000, 'connecting', { kind: 'cluster', url: 'redis://h', nodes });
  client.emit('error', new Error('Failed to refresh slots cache.'));
  await pass(5_300);
  await waiting;
  expect(heard).toEqual([
    expect.stringContaining(`The last reason was: connect ECONNREFUSED 127.0.0.1:${port}.`),
  ]);
});
