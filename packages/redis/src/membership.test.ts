import type { RedisClient } from './client.ts';
import { processesKey } from './keyspace.ts';
import { Membership } from './membership.ts';

beforeEach(() => jest.useFakeTimers());
afterEach(() => {
  const left = jest.getTimerCount();
  jest.useRealTimers();
  if (left > 0) throw new Error(`Timers are left: ${left}.`);
});

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

/** What a process tells, as far as it changes. */
interface Told {
  readonly state: string;
  readonly joinedMs: number;
  readonly served: string;
}

/** A process that joins, what it has told, and what it heard. Redis lets it join when it wishes to, unless others differ. */
function start() {
  const told: Told[] = [];
  const heard: string[] = [];
  const redis = {
    differing: Array.of<string>(),
    answer: async () => {},
    word: '',
    ends: Array.of<unknown>(),
  };
  const client = {
    evalsha: async (...words: readonly unknown[]) => {
      const [state, joinedMs, served] = words.slice(-4).map(String);
      told.push({ state: state ?? '', joinedMs: Number(joinedMs), served: served ?? '' });
      await redis.answer();
      const joins = state !== 'look' && redis.differing.length === 0;
      return [redis.word || (joins ? 'joined' : 'waiting'), 'other 1', ...redis.differing];
    },
    hdel: async (...words: readonly unknown[]) => void redis.ends.push(words),
  } as unknown as RedisClient;
  const membership = new Membership(
    client,
    { instance: 'this one', service: 'api', host: 'web-1', settings: {}, queues: 1 },
    { onDisagreement: (sentence) => heard.push(sentence), onAgreement: () => heard.push('agreement') },
  );
  const state = { joined: false };
  void membership.join().then(() => (state.joined = true));
  return { membership, redis, told, heard, state };
}

const differs = (name: string, instance: string) => `differs ${name} api ${instance}`;

test('a process tells each 3 s that it is there, and twice a second as long as it may not join; a stop takes it out, and ends that', async () => {
  const { membership, redis, told, state } = start();
  redis.differing = [differs('SECRET', 'a')];
  await pass(2_000);
  expect([told.length, state.joined]).toEqual([5, false]);
  redis.differing = [];
  await pass(60_000);
  expect(state.joined).toBe(true);
  const before = told.length;
  await pass(9_000);
  expect(told.length - before).toBe(3);
  await membership.stop();
  expect(redis.ends).toEqual([[processesKey(), 'this one']]);
  await pass(60_000);
  expect(told.length - before).toBe(3);
});

test('one that is stopped while it tells tells no more', async () => {
  const { membership, redis, told } = start();
  const answer = Promise.withResolvers<void>();
  redis.answer = () => answer.promise;
  await pass(3_000);
  const before = told.length;
  await membership.stop();
  answer.resolve();
  await pass(60_000);
  expect(told).toHaveLength(before);
});

test('a disagreement is told once for as long as it is the same; who differed has 6.5 s to come back, then it joins and says so', async () => {
  const { membership, redis, told, heard } = start();
  await pass(0);
  redis.differing = [differs('SECRET', 'a')];
  // It gives way to one that joined before.
  await pass(3_000);
  const first = 'This process does not serve: its SECRET differs from what is in use at api a.';
  expect([membership.disagreement, heard]).toEqual([first, [first]]);
  await pass(1_000);
  redis.differing = [differs('SECRET', 'b')];
  await pass(1_000);
  const second = first.replace('api a', 'api b');
  expect([membership.disagreement, heard]).toEqual([second, [first, second]]);

  redis.differing = [];
  const before = told.length;
  await pass(6_500);
  expect(told.slice(before).map(({ state: wish }) => wish)).toEqual(Array(13).fill('look'));
  expect([membership.disagreement, heard.length]).toEqual([second, 2]);
  await pass(500);
  expect(told.at(-1)?.state).toBe('join');
  expect([membership.disagreement, heard.slice(2)]).toEqual([null, ['agreement']]);
  // The next time it is told again.
  redis.differing = [differs('SECRET', 'b')];
  await pass(3_000);
  expect(heard.slice(2)).toEqual(['agreement', second]);
  await membership.stop();
});

test('the sentence names each setting once, and the first three processes, with their machines where they are told', async () => {
  const { membership, redis } = start();
  const sentenceOf = async (...differing: readonly string[]) => {
    redis.differing = [...differing];
    await pass(3_000);
    return membership.disagreement;
  };
  const three = [differs('SECRET', 'c'), differs('PUBLIC_URL', 'b'), differs('SECRET', 'a')];
  expect(await sentenceOf(...three)).toBe(
    'This process does not serve: its PUBLIC_URL, SECRET differ from what is in use at api a, api b, api c.',
  );
  expect(await sentenceOf(...three, differs('SECRET', 'd'), differs('SECRET', 'e'))).toMatch(
    /in use at api a, api b, api c and 2 more\.$/,
  );
  expect(await sentenceOf(differs('SECRET', 'a web-2'))).toMatch(/in use at api a on web-2\.$/);
  await membership.stop();
});

test('a process tells whether it has ever served, and for how long it has been joined', async () => {
  const { membership, redis, told } = start();
  await pass(6_000);
  expect(told).toEqual([
    { state: 'join', joinedMs: 0, served: 'no' },
    { state: 'joined', joinedMs: 3_000, served: 'yes' },
    { state: 'joined', joinedMs: 6_000, served: 'yes' },
  ]);
  redis.differing = [differs('SECRET', 'a')];
  await pass(3_500);
  expect(told.slice(3)).toEqual([
    { state: 'joined', joinedMs: 9_000, served: 'yes' },
    { state: 'look', joinedMs: 0, served: 'yes' },
  ]);
  await membership.stop();
});

test('a reply that it does not know lets no process join; it asks again', async () => {
  const { membership, redis, state } = start();
  redis.word = 'unknown';
  await pass(5_000);
  expect(state.joined).toBe(false);
  redis.word = '';
  await pass(500);
  expect(state.joined).toBe(true);
  await membership.stop();
});

test('one that did not tell for more than 15 s asks whether it may join', async () => {
  const { membership, redis, told } = start();
  await pass(0);
  /** Redis answers the next telling only after this time. */
  const answerAfter = (ms: number) => {
    redis.answer = () => {
      redis.answer = async () => {};
      return new Promise((resolve) => void setTimeout(resolve, ms));
    };
  };
  answerAfter(12_000);
  await pass(18_000);
  expect(told.slice(1).map(({ state: wish }) => wish)).toEqual(['joined', 'joined']);
  answerAfter(12_001);
  await pass(18_001);
  expect(told.slice(3).map(({ state: wish }) => wish)).toEqual(['joined', 'join']);
  await membership.stop();
});
