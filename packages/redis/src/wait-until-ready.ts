import type { RedisClient } from './client.ts';
import { askWhy, explainFailure, FailureWatch, isRefusal } from './failure-reason.ts';
import type { RedisTopology } from './topology.ts';

/** Redis cannot be used, and why. */
export class RedisNotUsable extends Error {
  readonly code = 'redis_not_usable';
}

/**
 * Resolves when the connection can take commands. Rejects with `RedisNotUsable`, which tells the last reason, after `timeoutMs`,
 * and at once if Redis refuses user or password. With its topology, Sentinels and nodes of a Cluster are asked for their reasons.
 */
export async function waitUntilReady(
  client: RedisClient,
  timeoutMs: number,
  topology?: RedisTopology,
): Promise<void> {
  if (client.status === 'ready') return;
  const ready = Promise.withResolvers<void>();
  const watch = new FailureWatch(client, (error) => {
    if (isRefusal(error)) ready.reject(error);
  });
  const timer = setTimeout(() => ready.reject(watch.last), timeoutMs);
  client.once('ready', ready.resolve);
  try {
    await ready.promise;
  } catch (error) {
    const refusal = error instanceof Error && isRefusal(error) ? error : null;
    const reason = refusal ?? (topology ? await askWhy(topology) : null) ?? watch.last;
    const when = refusal ? '' : ` within ${timeoutMs / 1000} s`;
    throw new RedisNotUsable(`Redis could not be used${when}. ${explainFailure(reason)}`);
  } finally {
    watch.stop();
    clearTimeout(timer);
    client.off('ready', ready.resolve);
  }
}
