import { setTimeout as pause } from 'node:timers/promises';
import { Cluster } from 'ioredis';
import type { RedisClient } from './client.ts';

/** Keys that Redis looks at for each step: it serves others in between, after a fraction of a millisecond. */
const keysPerStep = 500;

/**
 * All keys that match a pattern, in batches, on every master of a Cluster: a scan of the whole keyspace, for an operator's command
 * or in the background, with a pause after each batch; never for a request. A key that exists all the while is seen at least once,
 * perhaps twice. A signal ends the scan in a pause, with an `AbortError`.
 */
export async function* scanKeys(
  client: RedisClient,
  pattern: string,
  { pauseMs = 0, signal }: { readonly pauseMs?: number; readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<readonly string[]> {
  for (const node of client instanceof Cluster ? client.nodes('master') : [client]) {
    let cursor = '0';
    do {
      const [next, keys] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', keysPerStep);
      if (keys.length > 0) yield keys;
      cursor = next;
      if (pauseMs > 0 && cursor !== '0') await pause(pauseMs, undefined, { signal });
    } while (cursor !== '0');
  }
}
