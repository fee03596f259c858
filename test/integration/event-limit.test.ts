import { randomUUID } from 'node:crypto';
import { EventLimit } from '../../services/api/src/limits/event-limit.ts';
import { connectedRedis } from '../support/connected-redis.ts';

const { redis } = await connectedRedis();
const windowMs = 900_000;
const slices = 8;
const sliceMs = windowMs / slices;

/** One event in a window is allowed. Each call is one of another process: none remembers a refusal. */
function oneEvent() {
  const name = `{test:${randomUUID()}}`;
  const take = () =>
    new EventLimit({ redis, name, windowSeconds: windowMs / 1000 }).take([{ name: 'one', max: 1 }]);
  return { key: `${name}:one`, take };
}

async function clockMs(): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}

test('an event is counted in the slice of its time, and forgotten a slice after its window', async () => {
  const { key, take } = oneEvent();
  const before = await clockMs();
  expect((await take()).kind).toBe('admitted');
  const after = await clockMs();
  const [slice = '', ...others] = await redis.hkeys(key);
  expect(others).toEqual([]);
  expect(Number(slice)).toBeGreaterThanOrEqual(Math.floor(before / sliceMs));
  expect(Number(slice)).toBeLessThanOrEqual(Math.floor(after / sliceMs));
  const ttlMs = await redis.pttl(key);
  expect(ttlMs).toBeGreaterThan(windowMs - 60_000);
  expect(ttlMs).toBeLessThanOrEqual(windowMs + sliceMs);
});

test('who is refused is told when the first event leaves the window, whole slice and all; then it is admitted, and what had left is dropped', async () => {
  const { key, take } = oneEvent();
  const slice = Math.floor((await clockMs()) / sliceMs) - 3;
  await redis.hset(key, String(slice), 1);
  const before = await clockMs();
  const refused = await take();
  const after = await clockMs();
  if (refused.kind !== 'refused') throw new Error(`It is ${refused.kind}.`);
  const leavesAtMs = (slice + slices + 1) * sliceMs;
  expect(refused.retryAfterMs).toBeLessThanOrEqual(Math.ceil(leavesAtMs - before));
  expect(refused.retryAfterMs).toBeGreaterThanOrEqual(Math.floor(leavesAtMs - after));
  await redis.del(key);
  await redis.hset(key, String(slice - slices), 1);
  expect((await take()).kind).toBe('admitted');
  expect(await redis.hexists(key, String(slice - slices))).toBe(0);
});
