import { EventEmitter } from 'node:events';
import { eventually } from '../../../test/support/eventually.ts';
import { FakeRedis } from '../../../test/support/fake-redis.ts';
import { array, bulk } from '../../../test/support/resp.ts';
import type { RedisClient } from './client.ts';
import { ServiceRedis } from './service-redis.ts';

let server: FakeRedis;
beforeAll(async () => {
  // Its clock is a minute behind, and it keeps nothing.
  server = await FakeRedis.start(([name, , ...words]) => {
    if (name === 'time') return array([String(Math.floor(Date.now() / 1000) - 60), '0']);
    if (name === 'info') return bulk('redis_version:7.4.0\r\naof_enabled:0\r\n');
    // The script that looks for missing commands replies with none.
    return name === 'evalsha' && words[0] === '0' ? array([]) : null;
  });
});
afterAll(() => server.stop());

/** The connections of a service, and what is told of them. */
function service() {
  const observed: [RedisClient, string, string][] = [];
  const told: string[] = [];
  const redis = new ServiceRedis({
    topology: { kind: 'single', url: `redis://127.0.0.1:${server.port}` },
    processName: 'api-1',
    observer: {
      observe: (client, name, place) => {
        client.on('error', () => undefined);
        observed.push([client, name, place]);
      },
      onReply: () => told.push('reply'),
      onFailure: ({ message }) => told.push(message),
      onClock: ({ sentence }) => told.push(sentence ?? 'the clocks agree'),
    },
    clock: { nowMs: () => Date.now() },
  });
  return { redis, observed, told };
}

test('each connection has a name of its own, is observed, and counts as the service is ready or ends', async () => {
  const { redis, observed } = service();
  const [commands, jobs] = [redis.connect('commands'), redis.connect('worker', 'jobs')];
  const place = `127.0.0.1:${server.port}`;
  expect(observed).toEqual([
    [commands, 'commands', place],
    [jobs, 'jobs', place],
  ]);
  expect(redis.clients).toEqual([commands, jobs]);
  expect(redis.isReady).toBe(false);
  await eventually('both take commands', () => redis.isReady);
  expect([commands.status, jobs.status]).toEqual(['ready', 'ready']);
  expect(server.commands).toEqual(
    expect.arrayContaining(['client setname api-1-commands', 'client setname api-1-jobs']),
  );
  redis.disconnect();
  // Either side may be the first to notice.
  await eventually('both are closed', () => server.open === 0 && !redis.isReady);
});

test('what a start finds is logged: a clock that differs as a warning, what may lose data as an error', async () => {
  const { redis } = service();
  const logged: string[] = [];
  await redis.waitUntilUsable(redis.connect('commands'), {
    needs: [['info']],
    production: true,
    logger: {
      warn: (sentence) => logged.push(`warn: ${sentence.slice(0, 18)}`),
      error: (sentence) => logged.push(`error: ${sentence.slice(0, 32)}`),
    },
  });
  redis.disconnect();
  expect(logged).toEqual(['error: Redis keeps no append-only file:', 'warn: The clock of Redis']);
});

test('each connection is asked for signs of life once, until the service stops', async () => {
  jest.useFakeTimers();
  try {
    const { redis, told } = service();
    const client = Object.assign(new EventEmitter(), {
      status: 'ready',
      ping: async () => 'PONG',
      time: async () => [String(Math.round(Date.now() / 1000)), '0'],
    }) as unknown as RedisClient;
    redis.startHeartbeats([client, client]);
    await jest.advanceTimersByTimeAsync(1_500);
    expect(told).toEqual(['reply', 'the clocks agree']);
    redis.stopHeartbeats();
    expect(jest.getTimerCount()).toBe(0);
  } finally {
    jest.useRealTimers();
  }
});
