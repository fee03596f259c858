import { Cluster } from 'ioredis';
import type { RedisClient } from './client.ts';
import { scanKeys } from './scan.ts';

/** A server that gives these batches, and what it was asked. */
function serverOf(...batches: readonly (readonly string[])[]) {
  const asked: unknown[][] = [];
  return {
    asked,
    scan: async (...words: unknown[]) => {
      asked.push(words);
      const at = Number(words[0]);
      return [at + 1 < batches.length ? String(at + 1) : '0', batches[at]];
    },
  };
}

/** What a scan gives; with `pauseMs`, how it ends when it is told to. */
async function scanned(client: unknown, options?: Parameters<typeof scanKeys>[2]) {
  const found: unknown[] = [];
  try {
    for await (const keys of scanKeys(client as RedisClient, 'ravi:*', options)) found.push(keys);
  } catch (error) {
    found.push(error instanceof Error ? error.name : error);
  }
  return found;
}

test('all batches are given, but for empty ones', async () => {
  const server = serverOf(['a', 'b'], [], ['c']);
  expect(await scanned(server)).toEqual([['a', 'b'], ['c']]);
  expect(server.asked).toEqual(['0', '1', '2'].map((cursor) => [cursor, 'MATCH', 'ravi:*', 'COUNT', 500]));
});

test('those of each primary of a Cluster are given', async () => {
  const servers = [serverOf(['a'], ['b']), serverOf([]), serverOf(['c'])];
  const cluster: unknown = Object.create(Cluster.prototype);
  const nodes = (role: string) => (role === 'master' ? servers : []);
  expect(await scanned(Object.assign(cluster as object, { nodes }))).toEqual([['a'], ['b'], ['c']]);
});

test('a signal ends the scan in a pause, which is between two batches alone', async () => {
  const [pauseMs, signal] = [3_600_000, AbortSignal.abort()];
  const server = serverOf(['a'], ['b']);
  expect(await scanned(server, { pauseMs, signal })).toEqual([['a'], 'AbortError']);
  expect(await scanned(serverOf(['a']), { pauseMs, signal })).toEqual([['a']]);
  // Without pauses a scan goes to its end.
  expect(await scanned(server, { signal })).toEqual([['a'], ['b']]);
});
