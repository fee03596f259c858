/**
 * Floor: `node:http` that holds every wait in a map and answers it when its code comes over Redis pub/sub. The
 * minimum cost of holding if request and response are kept.
 */
import { createServer, type ServerResponse } from 'node:http';
import { connectFloor, floorPort, startAnswer } from './floor.ts';

const held = new Map<string, ServerResponse>();
const subscriber = connectFloor('subscriber');
await subscriber.subscribe('floor:wake');
subscriber.on('message', (_channel: string, code: string) => {
  const response = held.get(code);
  if (response) answer(response, 200, '{"access":"x"}');
});

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('latin1');
  request.on('data', (text: string) => (body += text));
  request.on('end', () => {
    if (request.url !== '/api/auth/device/token/')
      return answer(response, 200, JSON.stringify(startAnswer()));
    const { device_code: code } = JSON.parse(body) as { device_code: string };
    held.set(code, response);
    response.once('close', () => held.delete(code));
  });
});
server.requestTimeout = 0;
server.listen({ port: floorPort, backlog: 4096 });

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': body.length }).end(body);
}
