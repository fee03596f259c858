import { once } from 'node:events';
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { makeConnectionsDetachable } from './detachable-connection.ts';

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
