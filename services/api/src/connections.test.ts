import { type Logger, Registry } from '@ravi/telemetry';
import { eventually } from '../../../test/support/eventually.ts';
import { FakeRedis } from '../../../test/support/fake-redis.ts';
import { array } from '../../../test/support/resp.ts';
import type { ApiConfig } from './config.ts';
import { openConnections } from './connections.ts';

const ignore = () => undefined;
const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore } as unknown as Logger;

/**
 * Opens the connections of an api with this setting, and resolves to their names once as many as expected were asked for a sign of life.
 */
async function opened(recordsReplicas: number, expected: number) {
  // The script that looks for missing commands replies with none.
  const server = await FakeRedis.start(([name, , words]) =>
    name === 'evalsha' && words === '0' ? array([]) : null,
  );
  const config = {
    redisTopology: { kind: 'single', url: `redis://127.0.0.1:${server.port}` },
    recordsReplicas,
    queues: 1,
    production: false,
  } as unknown as ApiConfig;
  // Each connection is asked as often as the test says.
  jest.useFakeTimers({ doNotFake: ['setTimeout', 'setImmediate', 'nextTick', 'performance', 'Date'] });
  const connections = await openConnections(config, {
    instance: 'instance-of-a-test',
    clock: { nowMs: () => Date.now() },
    logger,
    registry: new Registry(),
  });
  try {
    const asked = () => server.commands.filter((command) => command === 'ping').length;
    const before = asked();
    connections.startHeartbeats();
    jest.advanceTimersByTime(1_500);
    await eventually('signs of life were asked for', () => asked() >= before + expected);
    const named = /^client setname ravi-api-\w+-(.*)$/;
    return server.commands.flatMap((command) => named.exec(command)?.[1] ?? []).toSorted();
  } finally {
    jest.useRealTimers();
    connections.stopHeartbeats();
    connections.disconnect();
    await server.stop();
  }
}

test('the connection that writes records is asked for signs of life as that of all other commands is, where it is one of its own', async () => {
  expect(await opened(0, 1)).toEqual(['commands', 'subscriber']);
  expect(await opened(1, 2)).toEqual(['commands', 'records', 'subscriber']);
});
