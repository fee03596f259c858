import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RedisClient } from './client.ts';
import { loadScript } from './script.ts';
import { RedisNotUsable } from './wait-until-ready.ts';
import { waitUntilUsable } from './wait-until-usable.ts';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const mark = loadScript(new URL('./lua/mark.lua', import.meta.url));

const good = 'redis_version:7.4.0\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\n';
const evicting = good.replace('noeviction', 'allkeys-lru');
const forgetting = good.replace('aof_enabled:1', 'aof_enabled:0');

/** A Redis that can do all, as long as a test does not change that. */
class ChangingRedis extends EventEmitter {
  status = 'ready';
  aheadMs = 0;
  missing: string[][] = [];
  /** What it tells of itself, or why it does not. */
  says: string | Error = good;
  /** Why it refuses a write. */
  refusal: Error | null = null;
  /** How often it was looked at, and what was written. */
  looks = 0;
  readonly marks: unknown[] = [];

  async info(section?: string) {
    await nextTurn();
    if (section === 'persistence') return '# Persistence\r\nloading:1\r\n';
    this.looks++;
    if (this.says instanceof Error) throw this.says;
    return this.says;
  }

  async time() {
    return [String(Math.round((Date.now() + this.aheadMs) / 1000)), '0'];
  }

  async evalsha(sha1: string, ...words: unknown[]) {
    if (sha1 !== mark.sha1) return this.missing;
    this.marks.push(words);
    if (this.refusal) throw this.refusal;
    return ['marked'];
  }
}

/** How the start of a process ends that needs this Redis, and what is found. */
function start(redis: ChangingRedis, production = true) {
  const findings: string[] = [];
  const starting = waitUntilUsable(redis as unknown as RedisClient, {
    topology: { kind: 'single', url: 'redis://h' },
    needs: [['hset', 'ravi:x']],
    production,
    clock: { nowMs: () => Date.now() },
    onFinding: ({ severity, sentence }) => findings.push(`${severity}: ${sentence}`),
  }).then(
    () => 'starts',
    (error: unknown) => (error instanceof RedisNotUsable ? error.message : `unexpected: ${String(error)}`),
  );
  return { starting, findings };
}

test('a Redis that can do all is usable: a write was tried, and nothing is told', async () => {
  const redis = new ChangingRedis();
  const { starting, findings } = start(redis);
  expect([await starting, findings]).toEqual(['starts', []]);
  expect(redis.marks).toEqual([[1, 'ravi:mark:{start}']]);
});

const drops =
  'Redis drops keys when it is full (maxmemory-policy allkeys-lru), accounts and logins among them: set maxmemory-policy to noeviction.';

test.each([
  // In development it is used.
  ['that drops keys', { says: evicting }, drops, 'starts'],
  [
    'that is too old',
    { says: 'redis_version:6.2.1\r\n' },
    'Redis 6.2.1 is too old: use Redis 7 or newer, or Valkey.',
    'Redis 6.2.1 is too old: use Redis 7 or newer, or Valkey.',
  ],
  [
    'without a command',
    { missing: [['unknown', 'hset', 'ravi:x']] },
    'This Redis has no command HSET.',
    'This Redis has no command HSET.',
  ],
])('a Redis %s is not used', async (_, state, inProduction, inDevelopment) => {
  const ends = [true, false].map(
    (production) => start(Object.assign(new ChangingRedis(), state), production).starting,
  );
  expect(await Promise.all(ends)).toEqual([inProduction, inDevelopment]);
});

test('what may lose data is told in production; a clock that differs everywhere', async () => {
  const told = async (production: boolean) => {
    const { starting, findings } = start(
      Object.assign(new ChangingRedis(), { says: forgetting, aheadMs: 60_000 }),
      production,
    );
    return [await starting, ...findings.map((finding) => finding.slice(0, 30))];
  };
  expect(await told(true)).toEqual([
    'starts',
    'danger: Redis keeps no append-',
    'notice: The clock of Redis is ',
  ]);
  expect(await told(false)).toEqual(['starts', 'notice: The clock of Redis is ']);
});

test('a Redis that is away or lacks replicas is looked at again after a pause', async () => {
  const redis = new ChangingRedis();
  redis.refusal = new Error('NOREPLICAS Not enough good replicas to write.');
  const { starting } = start(redis);
  for (let turn = 0; turn < 20; turn++) await nextTurn();
  expect(redis.looks).toBe(1);
  redis.refusal = null;
  expect(await starting).toBe('starts');
  expect(redis.looks).toBe(2);
});

test('one that stays so is given up after 30 s; one that loads its data is not', async () => {
  const [loads, away] = [new ChangingRedis(), new ChangingRedis()];
  for (const redis of [loads, away]) redis.says = new Error('LOADING Redis is loading the dataset in memory');
  const ends = [loads, away].map((redis) => start(redis).starting);
  loads.status = 'connect';
  await jest.advanceTimersByTimeAsync(30_001);
  expect(await ends[1]).toBe(
    'Redis could not be used within 30 s. The last reason was: LOADING Redis is loading the dataset in memory.',
  );
  loads.says = good;
  expect([await ends[0], loads.looks]).toEqual(['starts', 2]);
});

test('a reason that does not pass ends the start at once', async () => {
  const redis = Object.assign(new ChangingRedis(), { says: new Error('NOPERM this user may not run INFO.') });
  expect(await start(redis).starting).toBe(
    'Redis could not be used. The last reason was: NOPERM this user may not run INFO.',
  );
});

test('nothing is asked before the connection is ready; that Redis loads its data is told meanwhile', async () => {
  const redis = Object.assign(new ChangingRedis(), { status: 'connect' });
  const { starting, findings } = start(redis);
  await jest.advanceTimersByTimeAsync(600);
  expect([redis.looks, findings]).toEqual([0, ['notice: Redis is loading its data: waiting until it has.']]);
  redis.status = 'ready';
  redis.emit('ready');
  expect(await starting).toBe('starts');
});
