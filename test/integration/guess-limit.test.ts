import { randomUUID } from 'node:crypto';
import { connectRedis, type RedisClient, waitUntilReady } from '@ravi/redis';
import { GuessLimit } from '../../services/api/src/limits/guess-limit.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

let server: TestRedis;
let redis: RedisClient;
beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis({ kind: 'single', url: server.url }, 'commands', 'test');
  redis.on('error', () => undefined);
  await waitUntilReady(redis, 10_000);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

const windowSeconds = 900;

/** Three guesses in any window; `age` lets the subject's guesses lie back in time. */
function threeGuesses() {
  const name = `test:${randomUUID()}`;
  const limit = new GuessLimit(redis, name, { max: 3, windowSeconds });
  const age = async (seconds: number) => {
    for (const guess of await redis.zrange(`${name}:one`, '0', '-1'))
      await redis.zincrby(`${name}:one`, -seconds * 1000, guess);
  };
  return { key: `${name}:one`, age, limit, take: () => limit.take('one', randomUUID()) };
}

test('no window of that length has more guesses, wherever it starts', async () => {
  const { age, take } = threeGuesses();
  expect(await take()).toBeNull();
  await age(899);
  for (let i = 0; i < 2; i++) expect(await take()).toBeNull();
  expect(await take()).toBeLessThanOrEqual(1_000);
  await age(2);
  // The first has left the window; the two of its last second have not.
  expect(await take()).toBeNull();
  expect(await take()).toBeGreaterThan(890_000);
});

test('a refused guess does not prolong the refusal', async () => {
  const { age, take } = threeGuesses();
  for (let i = 0; i < 3; i++) await take();
  await age(600);
  for (let i = 0; i < 20; i++) expect(await take()).toBeLessThanOrEqual(300_000);
  await age(301);
  expect(await take()).toBeNull();
});

test('taking a guess back takes that one, however late, and never gives one more than allowed', async () => {
  const { age, take, limit } = threeGuesses();
  await limit.take('one', 'right');
  await age(901);
  await limit.takeBack('one', 'right');
  await limit.takeBack('one', 'right');
  for (let i = 0; i < 3; i++) expect(await take()).toBeNull();
  expect(await take()).not.toBeNull();
});

test('the count of a subject that guesses no more ends by itself', async () => {
  const { key, take } = threeGuesses();
  await take();
  const ttlMs = await redis.pttl(key);
  expect(ttlMs).toBeGreaterThan(0);
  expect(ttlMs).toBeLessThanOrEqual(windowSeconds * 1000);
});
