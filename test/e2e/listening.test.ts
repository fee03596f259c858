import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { eventually } from '../support/eventually.ts';
import { isLostConnection, startLogin, wait } from '../support/program.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { type ServiceProcess, TestStack } from '../support/services.ts';

/** An address of this machine that nobody listens on unless told to. */
const address = '127.0.0.2';

let redis: TestRedis;
let stack: TestStack;
let api: ServiceProcess;
let url: string;
const sockets: Socket[] = [];

beforeAll(async () => {
  redis = await startRedis();
  stack = new TestStack(redis.url);
  const env = {
    BIND_ADDRESS: address,
    ADMIN_BIND_ADDRESS: '127.0.0.1',
    KEEP_ALIVE_SECONDS: '1',
    SHUTDOWN_DELAY_SECONDS: '5',
  };
  api = await stack.startApi(env, { openFiles: 160 });
  url = api.url.replace('127.0.0.1', address);
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await stack.stop();
  await redis.stop();
});

/** A connection to the api's public port; resolves once it is open. */
async function open(): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), address).on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

const isReady = async () => (await fetch(`${api.adminUrl}/readyz`, { headers: { connection: 'close' } })).ok;

test('an api listens only on the addresses that it is given', async () => {
  await startLogin(url);
  await expect(startLogin(api.url)).rejects.toThrow('fetch failed');
  await expect(fetch(api.adminUrl.replace('127.0.0.1', address))).rejects.toThrow('fetch failed');
});

test('an idle connection is closed after KEEP_ALIVE_SECONDS', async () => {
  const socket = await open();
  const closed = once(socket, 'close');
  socket.write('GET /device HTTP/1.1\r\nHost: x\r\n\r\n');
  const [head] = await once(socket, 'data');
  expect(String(head)).toContain('Keep-Alive: timeout=1');
  socket.resume();
  await closed;
});

test('an api that may open few files holds fewer waits and says so, and its admin port answers while the public one is full', async () => {
  expect(api.output()).toMatch(/"maxHeldWaits":60,.*api is up/);
  await Promise.all(Array.from({ length: 200 }, () => open()));
  await eventually('what is too much is closed', () => sockets.filter(({ closed }) => closed).length >= 120);
  expect(await isReady()).toBe(true);
  await expect(startLogin(url)).rejects.toThrow('fetch failed');
  await eventually('the log says so', () => api.output().includes('connections are closed'));
  for (const socket of sockets) socket.destroy();
  await eventually('the port serves again', () => startLogin(url).catch(() => null));
});

test('on SIGTERM an api is not ready at once, and serves until the balancer has noticed', async () => {
  const login = await startLogin(url);
  const waiting = wait(url, login.device_code);
  const stoppedAtMs = Date.now();
  const ended = api.end('SIGTERM');
  await eventually('it is not ready', async () => !(await isReady()));
  expect((await startLogin(url)).device_code).toEqual(expect.any(String));
  expect((await waiting).body.error).toBe('authorization_pending');
  expect(Date.now() - stoppedAtMs).toBeGreaterThan(4_900);
  expect(await ended).toBe(0);
  expect(isLostConnection(await startLogin(url).catch((error: unknown) => error))).toBe(true);
});

test('an address that the machine does not have is told in a sentence', async () => {
  await expect(stack.startApi({ BIND_ADDRESS: '192.0.2.1' })).rejects.toThrow(
    'BIND_ADDRESS: 192.0.2.1 is no address of this machine.',
  );
});
