import { Membership, type Statement } from '@ravi/redis';
import { connectedRedis } from '../support/connected-redis.ts';
import { eventually } from '../support/eventually.ts';

const { redis } = await connectedRedis();
const processes = 'ravi:processes';
const running: Membership[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((process) => process.stop()));
  await redis.del(processes);
});

type Settings = Statement['settings'];

/** A process with these settings that has started, and whether it joined. */
function start(instance: string, settings: Settings, queues = 1) {
  const heard: string[] = [];
  const process = new Membership(
    redis,
    { instance, service: 'api', host: `host-of-${instance}`, settings, queues },
    { onDisagreement: (sentence) => heard.push(sentence), onAgreement: () => heard.push('agreement') },
  );
  running.push(process);
  const state = { joined: false };
  void process.join().then(() => (state.joined = true));
  return { process, state, heard };
}

async function joined(...processes: readonly ReturnType<typeof start>[]): Promise<boolean> {
  for (const { state } of processes) await eventually('it joins', () => state.joined);
  return true;
}
const refused = (one: ReturnType<typeof start>) =>
  eventually('it is refused', () => one.process.disagreement);

test('a process whose settings differ from those in use does not join and says which differ; who stops is there no more', async () => {
  const first = start('first', { SECRET: ['a'], PUBLIC_URL: ['https://a'], NUMBER_MATCHING: ['off'] });
  await joined(first);
  const other = start('other', { SECRET: ['b'], PUBLIC_URL: ['https://a'], NUMBER_MATCHING: ['on'] });
  expect(await refused(other)).toMatch(
    /its NUMBER_MATCHING, SECRET differ from what is in use at api first on host-of-first\.$/,
  );
  expect(other.state.joined).toBe(false);
  expect(first.process.disagreement).toBeNull();

  await first.process.stop();
  expect(await redis.hkeys(processes)).toEqual(['other']);
});

test('of two that disagree and start together, exactly one joins', async () => {
  const pair = [start('one', { SECRET: ['a'] }), start('two', { SECRET: ['b'] })];
  await eventually(
    'one has joined, the other is refused',
    () => pair.some(({ state }) => state.joined) && pair.some(({ process }) => process.disagreement !== null),
  );
  expect(pair.filter(({ state }) => state.joined)).toHaveLength(1);
});

/** The entry of another process, which it wrote `agoMs` after it had joined. */
const entryOf = (secret: string, { joinedAgoMs = 0, aheadMs = 0 }) => {
  const statement = { service: 'api', settings: { SECRET: [secret] }, queues: '1', joined: true };
  const times = { seen_at: Date.now() + aheadMs, joined_at: Date.now() - joinedAgoMs };
  return JSON.stringify({ ...statement, ...times });
};
const tell = (instance: string, ...of: Parameters<typeof entryOf>) =>
  redis.hset(processes, instance, entryOf(...of));

test('where Redis lost who is there, those that served stay, and a newcomer with another secret gives way', async () => {
  const serving = [start('one', { SECRET: ['a'] }), start('two', { SECRET: ['a'] })];
  await joined(...serving);
  const newcomer = await eventually('one comes before the others have told again', async () => {
    await redis.del(processes);
    const one = start('newcomer', { SECRET: ['b'] });
    await eventually('it joins or is refused', () => one.state.joined || one.process.disagreement);
    if (one.state.joined) return one;
    await one.process.stop();
    return null;
  });
  expect(await refused(newcomer)).toMatch(/its SECRET differs/);
  expect(serving.flatMap(({ heard }) => heard)).toEqual([]);
});

test('a process that comes back when others have long joined has to agree with them', async () => {
  const paused = start('paused', { SECRET: ['old'] });
  await joined(paused);
  await redis.del(processes);
  await tell('later', 'new', { joinedAgoMs: 20_000, aheadMs: 10_000 });
  // It has served for longer than the other.
  const nowMs = performance.now.bind(performance);
  performance.now = () => nowMs() + 60_000;
  const sentence = await refused(paused).finally(() => (performance.now = nowMs));
  expect(sentence).toMatch(/its SECRET differs from what is in use at api later/);
});

test('processes that could not reach Redis while a newcomer with another secret served stay, unless more newcomers served than they are', async () => {
  const nowMs = performance.now.bind(performance);
  let aheadMs = 0;
  performance.now = () => nowMs() + aheadMs;
  try {
    const serving = [start('one', { SECRET: ['a'] }), start('two', { SECRET: ['a'] })];
    await joined(...serving);
    // They have served for as long as this; each tells a moment later.
    aheadMs = 14_000;
    const told = async (instance: string) => JSON.parse((await redis.hget(processes, instance)) ?? '{}');
    const servedForMs = async (instance: string) => Date.now() - (await told(instance)).joined_at;
    for (const name of ['one', 'two'])
      await eventually('it has served', async () => (await servedForMs(name)) > 17_000);

    const newcomers = async (...names: readonly string[]) => {
      // In one step: none of those that serve tells in between. Their clock is ahead, so that they count for longer.
      const entry = entryOf('b', { joinedAgoMs: 15_500, aheadMs: 10_000 });
      const entries = names.flatMap((name) => [name, entry]);
      await redis
        .multi()
        .del(processes)
        .hset(processes, ...entries)
        .exec();
    };
    await newcomers('newcomer');
    for (const name of ['one', 'two'])
      expect(await eventually('it tells', async () => (await told(name)).joined)).toBe(true);
    await newcomers('newcomer', 'second', 'third');
    for (const process of serving) expect(await refused(process)).toMatch(/its SECRET differs/);
  } finally {
    performance.now = nowMs;
  }
});

test('an entry that a server wrote whose clock was ahead keeps nobody out', async () => {
  await tell('gone', 'old', { aheadMs: 3_600_000 });
  expect(await joined(start('new', { SECRET: ['new'] }))).toBe(true);
});

test('a setting that only one of two names, and one that both accept, is no disagreement', async () => {
  const all: readonly Settings[] = [
    { SECRET: ['old'] },
    { SECRET: ['old', 'new'], PUBLIC_URL: ['https://a'] },
    { SECRET: ['old', 'new'] },
  ];
  const told = all.map((settings, index) => start(`process ${index}`, settings));
  expect(await joined(...told)).toBe(true);
});

test('a secret that not every process knows is not used yet, and one that another uses must be known', async () => {
  await joined(start('old', { SECRET: ['old'] }));
  await joined(start('knows both', { SECRET: ['old', 'new'] }));
  // The first would not know what this one makes.
  const early = start('early', { SECRET: ['new', 'old'] });
  expect(await refused(early)).toMatch(/its SECRET differs from what is in use at api old on host-of-old\./);
});

test('the two steps of a rotation agree with each other at every moment, a third without the second does not', async () => {
  await joined(start('a', { SECRET: ['old', 'new'] }));
  await joined(start('b', { SECRET: ['new', 'old'] }));
  expect(await refused(start('done too early', { SECRET: ['new'] }))).toContain('SECRET');
});

test('a process learns over how many queues each other spreads logins', async () => {
  const one = start('one', {}, 2);
  await joined(one);
  await joined(start('two', {}, 5));
  await eventually('it knows', () => one.process.queueCounts.has(5));
  expect([...one.process.queueCounts].toSorted((a, b) => a - b)).toEqual([2, 5]);
});
