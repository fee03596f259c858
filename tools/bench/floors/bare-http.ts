/** Floor: `node:http` alone, answering what a start answers. No framework, no body parser, no Redis. */
import { createServer } from 'node:http';
import { floorPort, startAnswer } from './floor.ts';

createServer((request, response) => {
  request.resume().on('end', () => {
    const body = JSON.stringify(startAnswer());
    response.writeHead(200, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': body.length,
    });
    response.end(body);
  });
}).listen({ port: floorPort, backlog: 4096 });
