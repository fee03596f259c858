import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type Server, Socket } from 'node:net';
import { SentinelConnector } from 'ioredis';
import { PrimaryConnector, ServerConnector } from './connectors.ts';

let server: Server;
let port: number;
beforeAll(async () => {
  server = createServer((socket) => socket.destroy());
  port = await listen(server);
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

async function listen(its: Server): Promise<number> {
  await new Promise<void>((resolve) => its.listen(0, '127.0.0.1', resolve));
  const address = its.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** With a listener for the first error alone, the second one is thrown here. */
function failTwice(stream: NodeJS.EventEmitter): void {
  for (const message of ['certificate required', 'read ECONNRESET']) stream.emit('error', new Error(message));
}

test('a connection that fails a second time, after its user was told, does not end the process', async () => {
  const connector = new ServerConnector({ host: '127.0.0.1', port });
  failTwice(await connector.connect(() => undefined));
  expect(connector.firstError?.message).toBe('certificate required');
  connector.disconnect();
});

test('nor does one on which a Sentinel is asked for the primary', async () => {
  const opened = Promise.withResolvers<Socket>();
  const onSocket = (message: unknown) => {
    if (
      typeof message === 'object' &&
      message !== null &&
      'socket' in message &&
      message.socket instanceof Socket
    )
      opened.resolve(message.socket);
  };
  subscribe('net.client.socket', onSocket);
  const connector = new PrimaryConnector({ sentinels: [{ host: '127.0.0.1', port }], name: 'mymaster' });
  const primary = connector.connect(() => undefined).catch(String);
  const toSentinel = await opened.promise;
  unsubscribe('net.client.socket', onSocket);
  await once(toSentinel, 'connect');
  failTwice(toSentinel);
  expect(await primary).toContain('All sentinels are unreachable');
  connector.disconnect();
});

test('a connection that counts as dead goes on where a reply has come that is not read yet, and ends otherwise', async () => {
  const talking = createServer();
  const accepted = new Promise<Socket>((resolve) => talking.once('connection', resolve));
  const connector = new ServerConnector({ host: '127.0.0.1', port: await listen(talking) });
  const stream = await connector.connect(() => undefined);
  const heard: string[] = [];
  stream.on('data', (bytes: Buffer) => heard.push(String(bytes)));
  const other = await accepted;
  if (stream.connecting) await once(stream, 'connect');
  const silence = new Error("Socket timeout. Expecting data, but didn't receive any in 3000ms.");
  // From a timer, as ioredis does it: the loop reads what has come before it goes on.
  await new Promise((resolve) => setTimeout(resolve, 0));
  other.write('+PONG');
  stream.destroy(silence);
  await new Promise(setImmediate);
  expect([heard, stream.destroyed]).toEqual([['+PONG'], false]);
  stream.destroy(silence);
  expect(stream.destroyed).toBe(false);
  await new Promise(setImmediate);
  expect([stream.destroyed, stream.errored]).toEqual([true, silence]);
  other.destroy();
  await new Promise((resolve) => talking.close(resolve));
});

test('one that ends for any other reason ends at once', async () => {
  const connector = new ServerConnector({ host: '127.0.0.1', port });
  const stream = await connector.connect(() => undefined);
  stream.destroy(new Error('read ECONNRESET'));
  expect(stream.destroyed).toBe(true);
});

test('where ioredis asks Sentinels in another way, after an upgrade, that is said as soon as it is used', () => {
  const { prototype } = SentinelConnector;
  const ask: unknown = Reflect.get(prototype, 'connectToSentinel');
  const open = () => new PrimaryConnector({ sentinels: [{ host: '127.0.0.1', port }], name: 'mymaster' });
  try {
    Reflect.set(prototype, 'connectToSentinel', undefined);
    expect(open).toThrow('ioredis asks Sentinels in another way than it did.');
  } finally {
    Reflect.set(prototype, 'connectToSentinel', ask);
  }
  expect(open).not.toThrow();
});
