import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { makeConnectionsDetachable } from './detachable-connection.ts';
import { Reply } from './reply.ts';

const answer = '{"answer":"that has to arrive"}';

/** A client asks and ends its side; then it is answered. Resolves with whether the answer counts as written. */
async function answered(ask: (client: Socket) => void): Promise<boolean> {
  const over = Promise.withResolvers<boolean>();
  const server = createServer((incoming, response) => {
    incoming.resume();
    const reply = new Reply(response, [], { answered: () => undefined });
    reply.onceOver(over.resolve);
    const answerOnceEnded = async () => {
      while (!reply.hasClientEnded) await pause(1);
      reply.send(200, answer);
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
