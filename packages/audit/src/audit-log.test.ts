import type { RedisClient } from '@ravi/redis';
import { createLogger, createMetricsRegistry } from '@ravi/telemetry';
import { AuditLog } from './audit-log.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  const left = jest.getTimerCount();
  jest.useRealTimers();
  if (left > 0) throw new Error(`Timers are left: ${left}.`);
});

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

/** A log whose Redis answers, or is away, and what it says. */
function open() {
  const said: string[] = [];
  const redis = {
    away: false,
    /** It answers once this is settled. */
    answers: Promise.resolve(),
    writes: Array.of<number>(),
    lastEvents: Array.of<string>(),
  };
  const clock = { ms: 1 };
  const client = {
    evalsha: async (_sha: string, keys: number, ...words: readonly unknown[]) => {
      redis.lastEvents = words
        .slice(keys)
        .map(String)
        .filter((word) => word.startsWith('{"id"'));
      redis.writes.push(redis.lastEvents.length);
      await redis.answers;
      if (redis.away) throw new Error('Connection is closed.');
      return ['written', '0'];
    },
  };
  const audit = new AuditLog({
    redis: client as unknown as RedisClient,
    enabled: true,
    maxEvents: 1_000,
    maxPerAccount: 500,
    clock: { nowMs: () => clock.ms },
    logger: createLogger(
      { service: 'api', instance: 'test', level: 'info' },
      { write: (line) => void said.push(JSON.parse(line).msg) },
    ),
    registry: createMetricsRegistry('api'),
  });
  const note = (count: number) => {
    for (let user = 1; user <= count; user++) audit.note({ event: 'signed_in', user, address: '192.0.2.1' });
  };
  return { audit, redis, clock, said, note };
}

test('events are written together after 40 ms, and a full batch at once, with what waits behind it', async () => {
  const { audit, redis, note } = open();
  note(3);
  await pass(39);
  expect(redis.writes).toEqual([]);
  await pass(1);
  expect(redis.writes).toEqual([3]);
  note(249);
  expect(redis.writes).toHaveLength(1);
  note(1);
  expect(redis.writes).toEqual([3, 250]);
  // Events that come during a write: full batches follow it without a pause, the rest after one.
  note(250);
  await pass(1);
  expect(redis.writes).toEqual([3, 250, 250]);
  note(250);
  note(350);
  await pass(1);
  expect(redis.writes.slice(3)).toEqual([250, 250]);
  await pass(40);
  expect(redis.writes.slice(5)).toEqual([100]);
  // Where nothing waits, nothing is sent.
  await pass(60_000);
  expect(redis.writes).toHaveLength(6);
  await audit.close();
});

test('while Redis is away they are written again every half second, however many wait, and at once when it is back', async () => {
  const { audit, redis, note } = open();
  redis.away = true;
  note(250);
  expect(redis.writes).toHaveLength(1);
  await pass(499);
  note(600);
  expect(redis.writes).toHaveLength(1);
  await pass(1);
  expect(redis.writes).toHaveLength(2);
  await pass(499);
  expect(redis.writes).toHaveLength(2);
  redis.away = false;
  await pass(10);
  expect(redis.writes.slice(2)).toEqual([250, 250, 250]);
  await audit.close();
  expect(redis.writes.slice(5)).toEqual([100]);
});

test('an event that is written again is the same one: it has its id, and the time at which it happened', async () => {
  const { audit, redis, clock, note } = open();
  redis.away = true;
  note(2);
  await pass(40);
  const { lastEvents } = redis;
  clock.ms += 3_600_000;
  redis.away = false;
  await pass(500);
  expect(redis.writes).toEqual([2, 2]);
  expect(redis.lastEvents).toEqual(lastEvents);
  expect(JSON.parse(lastEvents[0] ?? '')).toMatchObject({ at: '1970-01-01T00:00:00.001Z', user: 1 });
  await audit.close();
});

test('that events are lost is told once for each outage, and so is that they are written again', async () => {
  const { audit, redis, said, note } = open();
  for (const outages of [1, 2]) {
    redis.away = true;
    note(10_050);
    await pass(5_000);
    redis.away = false;
    await pass(5_000);
    note(1);
    await pass(5_000);
    const told = ['are lost from now on', 'are written again'].map((words) => expect.stringContaining(words));
    expect(said).toEqual(Array(outages).fill(told).flat());
  }
  await audit.close();
});

test('at a stop all that waits is written, unless Redis is away', async () => {
  const { audit, redis, note } = open();
  note(600);
  await audit.close();
  expect(redis.writes).toEqual([250, 250, 100]);
  redis.away = true;
  note(600);
  await audit.close();
  expect(redis.writes.slice(3)).toEqual([250, 250]);
});

test('at a stop events that are under way are waited for, though no others wait, and written again where Redis did not take them', async () => {
  const { audit, redis, note } = open();
  const answer = Promise.withResolvers<void>();
  redis.answers = answer.promise;
  note(3);
  await pass(40);
  let isClosed = false;
  const closed = audit.close().then(() => (isClosed = true));
  await pass(0);
  expect([redis.writes, isClosed]).toEqual([[3], false]);
  redis.answers = Promise.resolve();
  answer.reject(new Error('Connection is closed.'));
  await closed;
  expect(redis.writes).toEqual([3, 3]);
});
