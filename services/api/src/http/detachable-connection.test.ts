import { once } from 'node:events';
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { behindHttpSides, HttpSide } from './detachable-connection.ts';
import { RepeatedCall } from './repeated-call.ts';

const request = 'POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n';

/** Both ends of a connection: the client's socket, and the side that the server sees. */
async function connection(): Promise<{
  readonly client: Socket;
  readonly side: HttpSide;
  readonly close: () => void;
}> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port.');
  const client = connect({ port: address.port, noDelay: true });
  const [socket] = (await once(server, 'connection')) as [Socket];
  const close = () => {
    client.destroy();
    socket.destroy();
    server.close();
  };
  return { client, side: new HttpSide(socket), close };
}

test('a client that does not read its answers is left to the server, which stops reading from it', async () => {
  const { client, side, close } = await connection();
  client.pause();
  let served = 0;
  const toServer = once(side, 'data');
  const call = new RepeatedCall(Buffer.from(request), 1, (_, body) => {
    expect(body.toString()).toBe('x');
    side.beginServing({ left: () => undefined });
    side.answer('y'.repeat(100_000), false);
    served++;
    // The next one only now: two in a packet go to the server anyway.
    client.write(`${request}x`);
    return true;
  });
  side.repeat(call, 0);
  client.write(`${request}x`);
  const [chunk] = (await toServer) as [Buffer];
  expect(chunk.toString()).toBe(`${request}x`);
  expect(served).toBeGreaterThan(1);
  close();
});

test('what comes while a call is served waits, and is read so far that the end of the client is noticed', async () => {
  const { client, side, close } = await connection();
  const served = Promise.withResolvers<void>();
  const left = Promise.withResolvers<string>();
  const call = new RepeatedCall(Buffer.from(request), 1, () => {
    side.beginServing({ left: () => left.resolve('left') });
    served.resolve();
    return true;
  });
  side.repeat(call, 0);
  client.write(`${request}x`);
  await served.promise;
  client.end('more');
  expect(await left.promise).toBe('left');
  close();
});

test('of a client that pipelines without end a few requests are worked on at a time, and all are answered', async () => {
  const total = 5_000;
  const open: ServerResponse[] = [];
  let most = 0;
  const server = createHttpServer((incoming, response) => {
    incoming.resume();
    open.push(response);
    most = Math.max(most, open.length);
  });
  behindHttpSides(server);
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
  expect(most).toBeLessThan(150);
  client.destroy();
  server.close();
});
