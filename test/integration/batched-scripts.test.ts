import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  connectRedis,
  loadBatchedScript,
  type RedisClient,
  runBatched,
  scriptOf,
  waitUntilReady,
} from '@ravi/redis';
import { type OwnRedis, startOwnRedis } from '../support/redis.ts';

let server: OwnRedis;
let redis: RedisClient;

beforeAll(async () => {
  server = await startOwnRedis();
  // Its calls are batched as those of a request, and may be later.
  redis = connectRedis({ kind: 'single', url: server.url }, 'tool', 'test');
  redis.on('error', () => undefined);
  await waitUntilReady(redis, 60_000);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(async () => {
  await redis.flushall();
  await redis.config('RESETSTAT');
});

/** Returns the keys and the arguments that it was given. */
const echo = script("return { table.concat(KEYS, ' '), table.concat(ARGV, ' ') }");

/** Appends its arguments to a list and returns the list's length; without arguments it fails, and for `nothing` it returns nothing. */
const append = script(`
if #ARGV == 0 then
  return redis.error_reply('ERR nothing to append')
end
if ARGV[1] == 'nothing' then
  return
end
if ARGV[1] == 'broken' then
  error('the script is broken')
end
return { 'length', redis.call('RPUSH', KEYS[1], unpack(ARGV)) }`);

function script(source: string) {
  const file = join(mkdtempSync(join(tmpdir(), 'ravi-script-')), 'script.lua');
  writeFileSync(file, source);
  return loadBatchedScript(pathToFileURL(file));
}

async function commandsSeen(): Promise<number> {
  const stats = await redis.info('commandstats');
  return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}

test('calls of one tick are one command, in their order, and each gets its own reply', async () => {
  await runBatched(redis, append, 'warm', 'a');
  await Promise.all([runBatched(redis, append, 'warm', 'b'), runBatched(redis, append, 'warm', 'c')]);
  const before = await commandsSeen();
  // As many as one command carries.
  const replies = await Promise.all(
    Array.from({ length: 64 }, (_, index) =>
      runBatched(redis, append, `list:${index % 2}`, ...Array.from({ length: 1 + (index % 3) }, () => index)),
    ),
  );
  expect((await commandsSeen()) - before).toBe(1);
  const even = await redis.lrange('list:0', '0', '-1');
  expect(even).toEqual(even.toSorted((a, b) => Number(a) - Number(b)));
  expect(replies[0]).toEqual(['length', 1]);
  expect(replies[62]).toEqual(['length', even.length]);
});

test('more calls than one command carries are several commands, none left out', async () => {
  await runBatched(redis, append, 'warm', 'd');
  const before = await commandsSeen();
  const replies = await Promise.all(
    Array.from({ length: 1_000 }, (_, index) => runBatched(redis, append, 'many', index)),
  );
  expect((await commandsSeen()) - before).toBe(Math.ceil(1_000 / 64));
  expect(replies.at(-1)).toEqual(['length', 1_000]);
  expect(await redis.lrange('many', '0', '-1')).toEqual(
    Array.from({ length: 1_000 }, (_, index) => String(index)),
  );
});

test('each call has its own keys and arguments, none of those of its neighbours', async () => {
  const calls = [['a', 'b'], ['c'], ['d', 'e', 'f']] as const;
  const replies = await Promise.all(
    calls.map((keys, at) => runBatched(redis, echo, keys, ...Array.from({ length: at }, () => keys.length))),
  );
  expect(replies).toEqual([
    ['a b', ''],
    ['c', '1'],
    ['d e f', '3 3'],
  ]);
});

test('where a batch does not get one reply for each call, each fails: none takes that of another', async () => {
  for (const source of ["return { 'only one' }", "return 'no list'"]) {
    const wrong = { ...append, batch: scriptOf(source) };
    const calls = [runBatched(redis, wrong, 'list', 1), runBatched(redis, wrong, 'list', 2)];
    const reason = expect.objectContaining({ message: expect.stringContaining('one reply each') });
    const rejected = { status: 'rejected', reason };
    expect(await Promise.allSettled(calls)).toEqual([rejected, rejected]);
  }
});

test('a call that fails is told so, and the calls beside it count', async () => {
  await redis.set('text', 'is no list');
  const settled = await Promise.allSettled([
    runBatched(redis, append, 'list', 'first'),
    runBatched(redis, append, 'list'),
    runBatched(redis, append, 'list', 'broken'),
    runBatched(redis, append, 'text', 'refused'),
    runBatched(redis, append, 'list', 'nothing'),
    runBatched(redis, append, 'list', 'last'),
  ]);
  expect(settled).toEqual([
    { status: 'fulfilled', value: ['length', 1] },
    { status: 'rejected', reason: expect.objectContaining({ message: 'ERR nothing to append' }) },
    {
      status: 'rejected',
      reason: expect.objectContaining({ message: expect.stringContaining('the script is broken') }),
    },
    {
      status: 'rejected',
      reason: expect.objectContaining({ message: expect.stringContaining('WRONGTYPE') }),
    },
    { status: 'fulfilled', value: null },
    { status: 'fulfilled', value: ['length', 2] },
  ]);
});

test('scripts that Redis has forgotten are sent again', async () => {
  await redis.script('FLUSH');
  const replies = await Promise.all([
    runBatched(redis, append, 'list', 1),
    runBatched(redis, append, 'list', 2),
  ]);
  expect(replies).toEqual([
    ['length', 1],
    ['length', 2],
  ]);
  await redis.script('FLUSH');
  expect(await runBatched(redis, append, 'list', 3)).toEqual(['length', 3]);
});

test('commands of one tick reach Redis in the order in which they were given', async () => {
  const replies = await Promise.all(Array.from({ length: 200 }, () => redis.incr('counter')));
  expect(replies).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
});

test('without Redis every call of a tick is rejected at once, and with it the next ones work', async () => {
  await server.kill();
  const settled = await Promise.allSettled([
    ...Array.from({ length: 3 }, () => runBatched(redis, append, 'list', 1)),
    redis.get('counter'),
  ]);
  expect(settled.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
  await server.start();
  await waitUntilReady(redis, 60_000);
  expect(
    await Promise.all([runBatched(redis, append, 'new', 1), runBatched(redis, append, 'new', 2)]),
  ).toEqual([
    ['length', 1],
    ['length', 2],
  ]);
});
