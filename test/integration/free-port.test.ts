import { createServer } from 'node:net';
import { freePort } from '../support/free-port.ts';

test('ports for services are distinct, also when drawn together, and none that an outgoing connection could take', async () => {
  const ports = await Promise.all(Array.from({ length: 100 }, freePort));
  expect(new Set(ports).size).toBe(100);
  expect(Math.max(...ports)).toBeLessThan(32_768);
});

test('a port that somebody listens on is passed over', async () => {
  const taken = (await freePort()) + 1;
  const server = createServer();
  await new Promise<void>((resolve) =>
    server.once('error', () => resolve()).listen(taken, '127.0.0.1', resolve),
  );
  expect(await freePort()).not.toBe(taken);
  await new Promise((resolve) => server.close(resolve));
});
