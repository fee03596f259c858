import { once } from 'node:events';
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { boundPort } from '@ravi/runtime';
import { DetachableConnection, makeConnectionsDetachable } from './detachable-connection.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));
afterEach(() => jest.useRealTimers());

test('of a client that pipelines without end a few requests are worked on at a time, and all are answered', async () => {
  const total = 5_000;
  const open: ServerResponse[] = [];
  let maxOpen = 0;
  const server = createHttpServer((incoming, response) => {
    incoming.resume();
    open.push(response);
    maxOpen = Math.max(maxOpen, open.length);
  });
  makeConnectionsDetachable(server);
  server.listen(0);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port.');
  const client = connect({ port: address.port });
  let text = '';
  client.setEncoding('latin1').on('data', (answers: string) => (text += answers));
  client.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx`.repeat(total));
  const answering = setInterval(() => {
    for (const response of open.splice(0)) response.end('y');
  }, 1);
  const answersIn = () => text.split('HTTP/1.1 200').length - 1;
  while (answersIn() < total) await new Promise((resolve) => setTimeout(resolve, 10));
  clearInterval(answering);
  expect(answersIn()).toBe(total);
  expect(maxOpen).toBeLessThan(150);
  client.destroy();
  server.close();
});

/** A server that leaves each request to the test, and a client of it, which may end its side and read on. */
async function served(onRequest: (response: ServerResponse) => void) {
  const server = createHttpServer((incoming, response) => {
    incoming.resume();
    incoming.once('end', () => onRequest(response));
  });
  makeConnectionsDetachable(server);
  server.keepAliveTimeout = 3_600_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client: Socket = connect({ port: boundPort(server), host: '127.0.0.1', allowHalfOpen: true });
  let text = '';
  client.setEncoding('latin1').on('data', (piece: string) => (text += piece));
  client.once('end', () => client.end());
  const ended = once(client, 'close');
  await once(client, 'connect');
  return {
    client,
    ended,
    answers: () =>
      text
        .split('HTTP/1.1 ')
        .slice(1)
        .map((answer) => answer.slice(0, 3)),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
const request = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx';

test.each([
  ['has all its answers', request, ['200']],
  ['has asked nothing', '', []],
  ['broke off in its request', request.slice(0, -1), ['400']],
])('a client that ends its side and %s is let go of at once, without a timer', async (_, sent, answers) => {
  const answerOnceEnded = async (response: ServerResponse) => {
    const hasEnded = () => response.socket instanceof DetachableConnection && response.socket.hasClientEnded;
    while (!hasEnded()) await turn();
    response.end();
  };
  const its = await served((response) => void answerOnceEnded(response));
  // No timer comes to its end.
  jest.useFakeTimers();
  its.client.end(sent);
  await its.ended;
  expect(its.answers()).toEqual(answers);
  jest.useRealTimers();
  await its.close();
});

test('a client that ends its side is answered for five seconds more, and then let go of', async () => {
  const responses: ServerResponse[] = [];
  const arrived = Promise.withResolvers<void>();
  const its = await served((response) => {
    responses.push(response);
    arrived.resolve();
  });
  jest.useFakeTimers();
  its.client.write(request);
  await arrived.promise;
  const connection = responses[0]?.socket;
  if (!(connection instanceof DetachableConnection)) throw new Error('There is no connection.');
  its.client.end();
  while (!connection.hasClientEnded) await turn();
  jest.advanceTimersByTime(4_999);
  for (let times = 0; times < 10; times++) await turn();
  expect(connection.destroyed).toBe(false);
  jest.advanceTimersByTime(1);
  await its.ended;
  expect(its.answers()).toEqual([]);
  jest.useRealTimers();
  await its.close();
});

/** @shows flooding */
test.each([true, false])(
  'a client that does not read its answer keeps its connection for half a minute and a second for each KB, unless it reads it by then (%p)',
  async (reads) => {
    // More than the systems of both sides take.
    const body = 'y'.repeat(16 * 1024 * 1024);
    const answered = Promise.withResolvers<DetachableConnection>();
    const its = await served((response) => {
      const { socket } = response;
      if (!(socket instanceof DetachableConnection)) throw new Error('There is no connection.');
      response.end(body);
      answered.resolve(socket);
    });
    its.client.on('error', () => undefined).pause();
    jest.useFakeTimers();
    its.client.write(request);
    const connection = await answered.promise;
    await turn();
    jest.advanceTimersByTime(30_000 + body.length);
    expect(connection.destroyed).toBe(false);
    if (reads) {
      its.client.resume();
      while (connection.writableLength > 0) await turn();
    }
    // The head of the answer has less than a KB.
    jest.advanceTimersByTime(1_000);
    for (let times = 0; times < 10; times++) await turn();
    expect(connection.destroyed).toBe(!reads);
    jest.useRealTimers();
    its.client.destroy();
    await its.close();
  },
);

test('a connection on which more has come than the server has seen is not let go of: the next request is answered, too', async () => {
  const detached: unknown[] = [];
  const its = await served((response) => {
    const { socket } = response;
    if (detached.length === 0 && socket instanceof DetachableConnection) detached.push(socket.detach());
    response.end();
  });
  const head = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000\r\n\r\n';
  // The server sees 4 KB at first: of the second request a part of its head.
  its.client.end(`${head}${'x'.repeat(4_000)}${request}`);
  while (its.answers().length < 2 && !its.client.destroyed) await turn();
  expect(detached[0]).toBeNull();
  expect(its.answers()).toEqual(['200', '200']);
  its.client.destroy();
  await its.close();
});
