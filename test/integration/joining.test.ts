import { loadScript, replyWords, runScript } from '@ravi/redis';
import { connectedRedis } from '../support/connected-redis.ts';

const { redis } = await connectedRedis();
const join = loadScript(new URL('../../packages/redis/src/lua/join.lua', import.meta.url));
const processes = 'test:processes';
/** Ten times as long as in a process, whose 15 s may pass between two steps on a busy machine. */
const keptMs = 150_000;
afterEach(() => redis.del(processes));

type Settings = Readonly<Record<string, readonly string[]>>;

interface Telling {
  readonly settings?: Settings;
  readonly state?: 'joined' | 'join' | 'look';
  /** How long ago it joined. */
  readonly joinedMs?: number;
  readonly served?: boolean;
  readonly queues?: number;
}

/** A process tells, and learns who else is there. */
async function tell(
  instance: string,
  { settings = {}, state = 'join', joinedMs = 0, served = false, queues = 1 }: Telling = {},
): Promise<readonly string[]> {
  const told = [JSON.stringify(settings), queues, keptMs, state, joinedMs, served ? 'yes' : 'no'];
  return replyWords(await runScript(redis, join, processes, instance, 'api', ...told));
}

/** What a process told before. */
async function told(instance: string): Promise<Record<string, unknown> | null> {
  const text = await redis.hget(processes, instance);
  return text === null ? null : (JSON.parse(text) as Record<string, unknown>);
}

/** As if it had told that, so long ago, or by another clock. */
async function change(instance: string, changes: object): Promise<void> {
  await redis.hset(processes, instance, JSON.stringify({ ...(await told(instance)), ...changes }));
}

const a: Settings = { SECRET: ['a'] };
const b: Settings = { SECRET: ['b'] };
const differs = (instance: string) => `differs SECRET api ${instance}`;

test('who comes first joins, and who only looks does not; each learns who else is there, and over how many queues they spread', async () => {
  expect(await tell('looking', { state: 'look', queues: 3 })).toEqual(['waiting']);
  expect(await tell('first', { queues: 2 })).toEqual(['joined', 'other 3']);
  expect((await tell('third')).toSorted()).toEqual(['joined', 'other 2', 'other 3']);
  expect(await told('looking')).toMatchObject({ joined: false, served: false, queues: '3' });
  expect(await told('first')).toMatchObject({ joined: true, served: true, service: 'api' });
  const nowMs = Number((await redis.time())[0]) * 1000;
  expect(Math.abs(Number((await told('first'))?.['joined_at']) - nowMs)).toBeLessThan(60_000);
  // All of it ends by itself.
  const ttlMs = await redis.pttl(processes);
  expect(ttlMs).toBeGreaterThan(0);
  expect(ttlMs).toBeLessThanOrEqual(keptMs);
});

test('who differs from one that has joined waits, and is told in what from whom; one that waits keeps nobody out', async () => {
  await tell('first', { settings: a });
  expect(await tell('other', { settings: b })).toEqual(['waiting', 'other 1', differs('first')]);
  expect(await tell('first', { settings: a, state: 'joined' })).toEqual(['joined', 'other 1']);
  await change('first', { host: 'web-1' });
  expect(await tell('other', { settings: b })).toEqual(['waiting', 'other 1', differs('first web-1')]);
  await redis.hdel(processes, 'first');
  await tell('waiting', { settings: a, state: 'look' });
  expect(await tell('other', { settings: b })).toEqual(['joined', 'other 1']);
});

test('two agree where each accepts what the other uses, and about what only one of them names', async () => {
  await tell('old', { settings: { SECRET: ['a', 'b'], ONLY: ['x'] } });
  const wordOf = async (secrets: readonly string[]) =>
    (await tell('new', { settings: { SECRET: secrets } }))[0];
  expect(await wordOf(['b', 'a'])).toBe('joined');
  expect(await wordOf(['a'])).toBe('joined');
  // It does not know what the other uses; the other would not know what it uses.
  expect(await wordOf(['b'])).toBe('waiting');
  expect(await wordOf(['c', 'a'])).toBe('waiting');
});

test('who was not heard for the time for which it counts, or is that far in the future, counts no more and is forgotten', async () => {
  await tell('gone', { settings: a });
  const { seen_at: seenAt } = (await told('gone')) ?? {};
  for (const [offMs, isThere] of [
    [-50_000, true],
    [50_000, true],
    [-600_000, false],
    [600_000, false],
  ] as const) {
    await tell('gone', { settings: a, state: 'joined' });
    await change('gone', { seen_at: Number(seenAt) + offMs });
    expect([offMs, (await tell('new', { settings: b, state: 'look' })).length > 1]).toEqual([offMs, isThere]);
    expect([offMs, (await told('gone')) !== null]).toEqual([offMs, isThere]);
  }
});

test('where Redis lost who was there, who joined before stays, and who joined meanwhile gives way', async () => {
  await tell('newcomer', { settings: b });
  expect(await tell('old', { settings: a, state: 'joined', joinedMs: 600_000, served: true })).toEqual([
    'joined',
    'other 1',
  ]);
  expect(await tell('newcomer', { settings: b, state: 'joined', served: true })).toEqual([
    'waiting',
    'other 1',
    differs('old'),
  ]);
  // It has served: that is remembered, though it does not serve now.
  expect(await told('newcomer')).toMatchObject({ joined: false, served: true });
});

test('who comes back to newcomers that have been joined for that time stays, unless more of those that served differ than agree', async () => {
  const nowMs = Number((await redis.time())[0]) * 1000;
  const back: Telling = { settings: a, state: 'joined', joinedMs: 1_200_000, served: true };
  /** One that joined so long ago, as it said lately. */
  const entry = (settings: Settings, joinedAgoMs: number, more: object = {}) =>
    JSON.stringify({
      service: 'api',
      settings,
      queues: '1',
      seen_at: nowMs,
      joined: true,
      joined_at: nowMs - joinedAgoMs,
      served: true,
      ...more,
    });
  const comesBackTo = async (others: Readonly<Record<string, string>>) => {
    await redis.del(processes);
    await redis.hset(processes, others);
    return (await tell('back', back))[0];
  };
  expect(await comesBackTo({ one: entry(b, 300_000) })).toBe('joined');
  expect(await comesBackTo({ one: entry(b, 300_000), two: entry(b, 300_000) })).toBe('waiting');
  expect(await comesBackTo({ one: entry(b, 300_000), two: entry(b, 300_000), same: entry(a, 300_000) })).toBe(
    'joined',
  );
  // Newcomers of a moment ago give way; so do those that only wait; one that served and waits now counts.
  expect(await comesBackTo({ one: entry(b, 50_000), two: entry(b, 50_000) })).toBe('joined');
  const waits = { joined: false, served: false };
  expect(await comesBackTo({ one: entry(b, 300_000), two: entry(b, 300_000, waits) })).toBe('joined');
  expect(
    await comesBackTo({ one: entry(b, 300_000), two: entry(b, 300_000, { ...waits, served: true }) }),
  ).toBe('waiting');
  // Who is still known has been there all the time.
  await comesBackTo({ one: entry(b, 300_000) });
  await redis.hset(processes, { two: entry(b, 300_000), three: entry(b, 300_000) });
  expect((await tell('back', back))[0]).toBe('joined');
});

test('an entry of an older release, which does not tell when it joined, joined before', async () => {
  await tell('older', { settings: a });
  const { joined_at: _, ...without } = (await told('older')) ?? {};
  await redis.hset(processes, 'older', JSON.stringify(without));
  expect((await tell('new', { settings: b, state: 'joined', joinedMs: 600_000, served: true }))[0]).toBe(
    'waiting',
  );
});
