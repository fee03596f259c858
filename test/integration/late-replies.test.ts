import { connectRedis, type RedisClient, waitUntilReady } from '@ravi/redis';
import { type OwnRedis, startOwnRedis } from '../support/redis.ts';

let server: OwnRedis;
let redis: RedisClient;
beforeAll(async () => {
  server = await startOwnRedis();
  redis = connectRedis({ kind: 'single', url: server.url }, 'commands', 'test');
  await waitUntilReady(redis, 60_000);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

/** Longer than a command of a request may take. */
const stallMs = 1_000;

/** Keeps this process from running anything else, as on a machine whose processors are busy. */
function stall(): void {
  const endMs = performance.now() + stallMs;
  while (performance.now() < endMs);
}

test('a reply that came while the process had no processor counts, though its time is over', async () => {
  const reply = redis.ping();
  // It is sent at the end of this tick; its reply is read after the stall.
  await new Promise(setImmediate);
  stall();
  expect(await reply).toBe('PONG');
});

test('a command that Redis does not answer fails within a second', async () => {
  server.freeze();
  await expect(redis.ping()).rejects.toThrow('Command timed out');
  server.thaw();
});
