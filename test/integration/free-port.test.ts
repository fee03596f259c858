import type { ChildProcess } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import { killChild } from '../support/child-process.ts';
import { freePort } from '../support/free-port.ts';
import { hasRedisServer, redisFlags, restartRedisServer, startRedisServer } from '../support/redis-server.ts';

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

const describeWithServer = hasRedisServer ? describe : describe.skip;

describeWithServer('redis-server', () => {
  test('whose port a program took that never answers gets another', async () => {
    const mute = createServer((connection) => connection.resume());
    const server = await startRedisServer(async (port) => {
      if (!mute.listening) await new Promise<void>((resolve) => mute.listen(port, '127.0.0.1', resolve));
      return redisFlags({ port, bind: '127.0.0.1', save: '' });
    });
    await killChild(server.child);
    const { port } = mute.address() as AddressInfo;
    await new Promise((resolve) => mute.close(resolve));
    expect(server.port).not.toBe(port);
  });

  test('whose port another Redis took meanwhile gets another, and is not taken for that one', async () => {
    const flags = (port: number) => redisFlags({ port, bind: '127.0.0.1', save: '' });
    const tried: number[] = [];
    const started: ChildProcess[] = [];
    try {
      const server = await startRedisServer(async (port) => {
        tried.push(port);
        if (started.length === 0) started.push(await restartRedisServer(port, flags(port)));
        return flags(port);
      });
      started.push(server.child);
      expect(tried).toEqual([expect.any(Number), server.port]);
    } finally {
      await Promise.all(started.map(killChild));
    }
  });
});
