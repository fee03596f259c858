import type { RedisClient } from './client.ts';
import { runScript, scriptOf } from './script.ts';

const script = scriptOf("return redis.call('GET', KEYS[1])");

/** A Redis that has the script, or refuses it with this message, and what it was asked. */
function redisThat(refusal?: string) {
  const asked: unknown[][] = [];
  const client = {
    evalsha: async (...words: unknown[]) => {
      asked.push(words);
      if (refusal !== undefined) throw new Error(refusal);
      return 'by digest';
    },
    eval: async (...words: unknown[]) => {
      asked.push(words);
      return 'by source';
    },
  } as unknown as RedisClient;
  return { client, asked };
}

test('the digest is that of EVALSHA', () => {
  expect(script.sha1).toBe('d3c21d0c2b9ca22f82737626a27bcaf5d288f99f');
});

test.each([
  ['one key', 'a', ['a']],
  ['several keys', ['{a}b', '{a}c'], ['{a}b', '{a}c']],
  ['no keys', [], []],
] as const)('with %s, Redis is told how many there are', async (_, keys, all) => {
  const { client, asked } = redisThat();
  expect(await runScript(client, script, keys, 'x', 7)).toBe('by digest');
  expect(asked).toEqual([[script.sha1, all.length, ...all, 'x', 7]]);
});

test('a Redis that does not have the script gets its source; any other refusal is passed on', async () => {
  const without = redisThat('NOSCRIPT No matching script. Please use EVAL.');
  expect(await runScript(without.client, script, 'a', 'x')).toBe('by source');
  expect(without.asked).toEqual([
    [script.sha1, 1, 'a', 'x'],
    [script.source, 1, 'a', 'x'],
  ]);
  const full = redisThat("OOM command not allowed when used memory > 'maxmemory'.");
  await expect(runScript(full.client, script, 'a')).rejects.toThrow('OOM');
  expect(full.asked).toHaveLength(1);
});
