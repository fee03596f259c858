import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { connect } from 'node:net';
import { boundPort } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import { eventually } from '../../../../test/support/eventually.ts';
import { RawConnection } from '../../../../test/support/raw-connection.ts';
import { createDetachableServer } from './detachable-connection.ts';
import { closeServer, listen, type ListenOptions, warnOfUnservedConnections } from './server.ts';

const here: ListenOptions = {
  port: 0,
  bindAddress: '127.0.0.1',
  keepAliveSeconds: 3600,
  maxConnections: Number.POSITIVE_INFINITY,
};
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  }
});
function own(server: Server): Server {
  servers.push(server);
  return server;
}

test('a server waits half a minute for a request, keeps idle connections as long as it is told, and closes those above the maximum', async () => {
  const server = own(createServer());
  await listen(server, { ...here, keepAliveSeconds: 7, maxConnections: 3 });
  expect(server).toMatchObject({
    requestTimeout: 30_000,
    headersTimeout: 30_000,
    keepAliveTimeout: 7_000,
    maxConnections: 3,
  });
  expect(server.address()).toMatchObject({ address: '127.0.0.1' });
  // What fails later is for others to hear.
  expect(server.listenerCount('error')).toBe(0);
});

test('without an address a server listens on all, and without a maximum it closes no connection', async () => {
  const server = own(createServer());
  await listen(server, { ...here, bindAddress: null });
  expect(server.address()).toMatchObject({
    address: expect.stringMatching(/^(?:::|0\.0\.0\.0)$/) as unknown,
  });
  expect(server.maxConnections).toBeUndefined();
});

/** A server whose system refuses to let it listen, with this code. */
function refused(code: string): Server {
  const server = createServer();
  const error = Object.assign(new Error(`listen ${code}`), { code });
  server.listen = () => {
    setImmediate(() => server.emit('error', error));
    return server;
  };
  return server;
}

test('where a server cannot listen, a sentence says which setting to change', async () => {
  const first = own(createServer());
  await listen(first, here);
  const port = boundPort(first);
  await expect(listen(createServer(), { ...here, port })).rejects.toThrow(
    `Port ${port} is taken; set PORT to another one.`,
  );
  await expect(listen(createServer(), { ...here, bindAddress: '192.0.2.1' })).rejects.toThrow(
    'BIND_ADDRESS: 192.0.2.1 is no address of this machine.',
  );
  await expect(listen(refused('EACCES'), { ...here, port: 443 })).rejects.toThrow(
    'Port 443 may not be used by this user; set PORT to one above 1023.',
  );
  await expect(listen(refused('EMFILE'), here)).rejects.toThrow('listen EMFILE');
});

test('closed connections are told once a minute, with the maximum', () => {
  const server = Object.assign(createServer(), { maxConnections: 3 });
  let nowMs = 1_000;
  const lines: unknown[] = [];
  const logger = { warn: (...line: unknown[]) => lines.push(line) } as unknown as Logger;
  warnOfUnservedConnections(server, logger, { nowMs: () => nowMs });
  for (const atMs of [1_000, 1_000, 60_999]) {
    nowMs = atMs;
    server.emit('drop');
  }
  const line = [
    { maxConnections: 3 },
    'connections are closed: as many are open as the limit of open files allows',
  ];
  expect(lines).toEqual([line]);
  nowMs = 61_000;
  server.emit('drop');
  expect(lines).toEqual([line, line]);
});

test('a connection that the system does not hand over is told once a minute, and ends nothing', () => {
  const server = createServer();
  let nowMs = 1_000;
  const lines: unknown[] = [];
  const logger = { warn: (...line: unknown[]) => lines.push(line) } as unknown as Logger;
  warnOfUnservedConnections(server, logger, { nowMs: () => nowMs });
  const error = Object.assign(new Error('accept ENOBUFS'), { code: 'ENOBUFS' });
  for (const atMs of [1_000, 60_999, 61_000]) {
    nowMs = atMs;
    server.emit('error', error);
  }
  const told = [{ error }, 'a connection could not be accepted'];
  expect(lines).toEqual([told, told]);
});

describe('a server that is closed', () => {
  /** A server of which `/held` is answered when the test says so. */
  async function serve() {
    const held = Promise.withResolvers<void>();
    let asked = 0;
    const answer: RequestListener = (request, response) => {
      asked++;
      if (request.url === '/held') void held.promise.then(() => response.end());
      else response.end();
    };
    const server = own(createDetachableServer(async (request, response) => answer(request, response)));
    await listen(server, here);
    const url = `http://127.0.0.1:${boundPort(server)}`;
    return { server, url, answerHeld: held.resolve, asked: () => asked };
  }
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;

  test('ends idle connections at once and those in use after their answer, and is closed when all have theirs', async () => {
    const { server, url, answerHeld, asked } = await serve();
    const [idle, used] = [await RawConnection.open(url), await RawConnection.open(url)];
    await idle.ask(get('/'));
    await used.ask(get('/'));
    used.write(get('/held'));
    await eventually('it is held', () => asked() === 3);
    let isAnswering = false;
    let isClosed = false;
    const closing = closeServer(server, () => (isAnswering = true)).then(() => (isClosed = true));
    expect(isAnswering).toBe(true);
    await eventually('the idle connection is ended', () => idle.ended);
    const late = connect(Number(new URL(url).port), '127.0.0.1');
    await expect(once(late, 'connect')).rejects.toThrow('ECONNREFUSED');
    expect([isClosed, used.ended]).toEqual([false, false]);
    answerHeld();
    expect((await used.next()).status).toBe(200);
    await closing;
    await eventually('the other connection is ended', () => used.ended);
    idle.destroy();
    used.destroy();
  });

  test('serves a request that comes behind another, and tells its client that the connection ends', async () => {
    const { server, url, answerHeld, asked } = await serve();
    const connection = await RawConnection.open(url);
    connection.write(get('/held'));
    await eventually('it is held', () => asked() === 1);
    const closing = closeServer(server, () => undefined);
    connection.write(get('/'));
    await eventually('the next one is there', () => asked() === 2);
    answerHeld();
    expect((await connection.next()).status).toBe(200);
    const { status, headers } = await connection.next();
    expect([status, headers['connection']]).toEqual([200, 'close']);
    await closing;
    connection.destroy();
  });
});
