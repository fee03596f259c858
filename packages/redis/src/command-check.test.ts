import type { RedisClient } from './client.ts';
import { missingCommand, neededOn, type NeededCommand } from './command-check.ts';

/** What is said where the script replies so, and the words that it got. */
async function check(reply: unknown, needed: readonly NeededCommand[] = []) {
  const words: unknown[] = [];
  const client = {
    evalsha: async (_sha1: string, _keys: number, ...args: readonly unknown[]) => {
      words.push(...args);
      return reply;
    },
  } as unknown as RedisClient;
  return { sentence: await missingCommand(client, needed), words };
}

const operations = 'docs/operations.md lists what it needs.';

test.each<[string[][], string | null]>([
  [[], null],
  [[['unknown', 'bzpopmin', 'ravi:x']], 'This Redis has no command BZPOPMIN.'],
  [
    [['denied', 'hset', 'field', 'ravi:login:{check}']],
    `The user of REDIS_URL may not run HSET on ravi:login:{check}: ${operations}`,
  ],
  [[['denied', 'xadd', 'a-key', 'b']], `The user of REDIS_URL may not run XADD on a-key: ${operations}`],
  [[['denied', 'info']], `The user of REDIS_URL may not run INFO: ${operations}`],
  [
    [
      ['denied', 'info'],
      ['denied', 'time'],
      ['unknown', 'wait'],
    ],
    `The user of REDIS_URL may not run INFO, the first of 3 that are missing: ${operations}`,
  ],
  [
    [
      ['unknown', 'wait'],
      ['denied', 'time'],
    ],
    'This Redis has no command WAIT, the first of 2 that are missing.',
  ],
])('where %j is missing, it is said: %s', async (missing, sentence) => {
  expect((await check(missing)).sentence).toBe(sentence);
});

test('each command is asked about with its words and their number', async () => {
  const { words } = await check([], [...neededOn('ravi:x', 'hset get'), ['info']]);
  const onKey = ['ravi:x', 'ravi:x', 'ravi:x'];
  expect(words).toEqual([4, 'hset', ...onKey, 4, 'get', ...onKey, 1, 'info']);
});
