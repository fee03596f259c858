import { runBatched } from './batched-script.ts';
import type { RedisClient } from './client.ts';
import { scriptOf } from './script.ts';

test('on a connection that sends no batches, such as that of a Cluster, a call is a command of its own', async () => {
  const sent: unknown[] = [];
  const client = {
    evalsha: async (...words: readonly unknown[]) => {
      sent.push(words);
      return 'reply';
    },
  } as unknown as RedisClient;
  const script = { ...scriptOf('return 1'), batch: scriptOf('return 2') };
  expect(await runBatched(client, script, ['a', 'b'], 'x', 1)).toBe('reply');
  expect(sent).toEqual([[script.sha1, 2, 'a', 'b', 'x', 1]]);
});
