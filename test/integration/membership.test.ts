import { Membership, type Statement } from '@ravi/redis';
import { connectedRedis } from '../support/connected-redis.ts';
import { eventually } from '../support/eventually.ts';

const { redis } = await connectedRedis();
const running: Membership[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((process) => process.stop()));
});

type Settings = Statement['settings'];

/** A process with these settings that has started, and whether it joined. */
function start(instance: string, settings: Settings, queues = 1) {
  const heard: string[] = [];
  const process = new Membership(
    redis,
    { instance, service: 'api', settings, queues },
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

test('a process whose settings differ from those in use does not join, says which differ, and joins once the others have gone', async () => {
  const first = start('first', { SECRET: ['a'], PUBLIC_URL: ['https://a'], NUMBER_MATCHING: ['off'] });
  await joined(first);
  const other = start('other', { SECRET: ['b'], PUBLIC_URL: ['https://a'], NUMBER_MATCHING: ['on'] });
  expect(await refused(other)).toMatch(/its NUMBER_MATCHING, SECRET differ from what is in use at api first/);
  expect(other.state.joined).toBe(false);
  expect(first.process.disagreement).toBeNull();

  await first.process.stop();
  await joined(other);
  expect(other.process.disagreement).toBeNull();
  expect(other.heard.at(-1)).toBe('agreement');
});

test('of two that disagree and start together, exactly one joins', async () => {
  const pair = [start('one', { SECRET: ['a'] }), start('two', { SECRET: ['b'] })];
  await eventually(
    'one has joined, the other is refused',
    () => pair.some(({ state }) => state.joined) && pair.some(({ process }) => process.disagreement !== null),
  );
  expect(pair.filter(({ state }) => state.joined)).toHaveLength(1);
});

test('a setting that only one of two names, and one that both accept, is no disagreement', async () => {
  const all: readonly Settings[] = [
    { SECRET: ['old'] },
    { SECRET: ['old', 'new'], PUBLIC_URL: ['https://a'] },
    { SECRET: ['old', 'new'] },
  ];
  const processes = all.map((settings, index) => start(`process ${index}`, settings));
  expect(await joined(...processes)).toBe(true);
});

test('a secret that not every process knows is not used yet, and one that another uses must be known', async () => {
  await joined(start('old', { SECRET: ['old'] }));
  await joined(start('knows both', { SECRET: ['old', 'new'] }));
  // The first would not know what this one makes.
  const early = start('early', { SECRET: ['new', 'old'] });
  expect(await refused(early)).toMatch(/its SECRET differs from what is in use at api old\./);
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
