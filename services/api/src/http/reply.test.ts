import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { boundPort } from '@ravi/runtime';
import { eventually } from '../../../../test/support/eventually.ts';
import { RawConnection } from '../../../../test/support/raw-connection.ts';
import { makeConnectionsDetachable } from './detachable-connection.ts';
import { Reply } from './reply.ts';

const answer = '{"answer":"that has to arrive"}';

/** A client asks and ends its side; then it is answered. Resolves with whether the answer counts as written. */
async function answered(ask: (client: Socket) => void, onSent = () => {}): Promise<boolean> {
  const over = Promise.withResolvers<boolean>();
  const server = createServer((incoming, response) => {
    incoming.resume();
    const reply = new Reply(response, [], { answered: () => undefined });
    reply.onceOver(over.resolve);
    const answerOnceEnded = async () => {
      while (!reply.hasClientEnded) await pause(1);
      reply.send(200, answer);
      onSent();
    };
    void answerOnceEnded();
  });
  makeConnectionsDetachable(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port.');
  const client = connect({ port: address.port, host: '127.0.0.1', allowHalfOpen: true });
  client.on('error', () => undefined);
  await once(client, 'connect');
  client.end('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx');
  ask(client);
  const closed = once(client, 'close');
  const written = await over.promise;
  await closed;
  server.close();
  return written;
}

test('an answer to a client that has ended its side and left does not count as written', async () => {
  expect(await answered((client) => setImmediate(() => client.destroy()))).toBe(false);
});

test('an answer to a client that has ended its side and reads on arrives whole', async () => {
  let text = '';
  const written = await answered((client) => {
    client.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  });
  expect(written).toBe(true);
  expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(text.endsWith(answer)).toBe(true);
});

test('the last byte of an answer to a client that has ended its side is held back for half a second', async () => {
  jest.useFakeTimers();
  try {
    const sent = Promise.withResolvers<void>();
    const written = answered((client) => client.resume(), sent.resolve);
    await sent.promise;
    jest.advanceTimersByTime(499);
    const soon = async () => {
      for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
      return 'not over';
    };
    expect(await Promise.race([written, soon()])).toBe('not over');
    jest.advanceTimersByTime(1);
    expect(await written).toBe(true);
  } finally {
    jest.useRealTimers();
  }
});

/** A server that hands each reply to the test, with what was measured of it; and a client of it. */
async function served() {
  const replies: Reply[] = [];
  const measured: (readonly [number, boolean | undefined])[] = [];
  const server = createServer((incoming, response) => {
    incoming.resume();
    const measure = { answered: (status: number, held?: boolean) => void measured.push([status, held]) };
    replies.push(new Reply(response, ['X-Own', 'of every answer'], measure));
  });
  makeConnectionsDetachable(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = await RawConnection.open(`http://127.0.0.1:${boundPort(server)}`);
  return {
    client,
    measured,
    /** The replies to so many requests, once they are there. */
    asked: async (count: number) => {
      client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx'.repeat(count));
      const all = replies.length + count;
      await eventually('all requests are there', () => replies.length === all);
      return replies.slice(-count) as [Reply, ...Reply[]];
    },
    close: async () => {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test.each([false, true])(
  'an answer has its headers and its length in bytes, whether its socket was let go of (%p) or not, and is sent and measured once',
  async (detached) => {
    const { client, measured, asked, close } = await served();
    const [reply] = await asked(1);
    const ends: unknown[] = [];
    for (const listener of ['one', 'two']) reply.onceOver((written) => ends.push([listener, written]));
    if (detached) reply.detachSocket();
    reply.isHeld = detached;
    reply.addHeader('X-Added', 'later');
    expect(reply.isOver).toBe(false);
    reply.send(401, '{"name":"ü"}', 'WWW-Authenticate', 'Bearer');
    expect(reply.isOver).toBe(true);
    reply.send(200, '{}');
    const { status, headers, body } = await client.next();
    expect([status, Buffer.from(body, 'latin1').toString()]).toEqual([401, '{"name":"ü"}']);
    expect(headers).toMatchObject({
      'x-own': 'of every answer',
      'x-added': 'later',
      'content-type': 'application/json; charset=utf-8',
      'content-length': '13',
      'cache-control': 'no-store',
      'www-authenticate': 'Bearer',
      connection: detached ? 'close' : 'keep-alive',
      date: expect.stringMatching(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/) as unknown,
    });
    await eventually('both hear of the end', () => ends.length === 2);
    expect(ends).toEqual([
      ['one', true],
      ['two', true],
    ]);
    expect(measured).toEqual([[401, detached]]);
    expect(client.received.split('HTTP/1.1')).toHaveLength(2);
    await close();
  },
);

test.each([false, true])(
  'of a client that leaves it is told once that nothing was written, and no answer is measured, whether its socket was let go of (%p) or not',
  async (detached) => {
    const { client, measured, asked, close } = await served();
    const [reply] = await asked(1);
    const ends: boolean[] = [];
    reply.onceOver((written) => ends.push(written));
    if (detached) reply.detachSocket();
    client.reset();
    await eventually('it is told', () => ends.length === 1);
    expect(reply.isOver).toBe(true);
    reply.send(200, '{}');
    await close();
    expect([ends, measured]).toEqual([[false], []]);
  },
);

test('a request behind another is queued, and the one before it keeps its connection; once it is first, it is queued no more', async () => {
  const { client, asked, close } = await served();
  const [first, second] = (await asked(2)) as [Reply, Reply];
  expect([first.isQueued, second.isQueued]).toEqual([false, true]);
  first.detachSocket();
  first.send(200, '{"number":1}');
  expect(await client.next()).toMatchObject({ body: '{"number":1}', headers: { connection: 'keep-alive' } });
  await eventually('the second is first', () => !second.isQueued);
  let hasClientEnded = false;
  second.detachSocket(() => (hasClientEnded = true));
  expect([second.isQueued, second.hasClientEnded]).toEqual([false, false]);
  client.end();
  await eventually('the client has ended its side', () => hasClientEnded);
  expect(second.hasClientEnded).toBe(true);
  second.send(200, '{"number":2}');
  expect(await client.next()).toMatchObject({ body: '{"number":2}', headers: { connection: 'close' } });
  await close();
});

test('an answer to a held request that its client does not read is given up after half a minute and a second for each KB', async () => {
  const { client, asked, close } = await served();
  client.pause();
  const [first] = await asked(1);
  first.detachSocket();
  const ends: boolean[] = [];
  first.onceOver((written) => ends.push(written));
  jest.useFakeTimers();
  // More than the systems of both sides take.
  const body = JSON.stringify('y'.repeat(16 * 1024 * 1024));
  first.send(200, body);
  jest.advanceTimersByTime(30_000 + body.length);
  expect([ends, first.isOver]).toEqual([[], true]);
  // The head of the answer has less than a KB.
  jest.advanceTimersByTime(1_000);
  jest.useRealTimers();
  await eventually('it is given up', () => ends.length > 0);
  expect(ends).toEqual([false]);
  await close();
});

test('an answer after which the connection is to end says so', async () => {
  const { client, asked, close } = await served();
  const [reply] = await asked(1);
  reply.closeAfterwards();
  reply.send(200, '{}');
  expect((await client.next()).headers['connection']).toBe('close');
  await eventually('the connection is ended', () => client.ended);
  // It changes nothing any more.
  reply.closeAfterwards();
  await close();
});
