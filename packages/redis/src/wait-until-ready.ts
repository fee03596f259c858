import type { RedisClient } from './client.ts';
import { askWhy, explainFailure, FailureWatch, isRefusal } from './failure-reason.ts';
import { isLoading } from './loading.ts';
import type { RedisTopology } from './topology.ts';

/** Redis cannot be used, and why. */
export class RedisNotUsable extends Error {
  readonly code = 'redis_not_usable';
}

/** How often to look whether Redis is loading its data. */
const lookMs = 250;

/**
 * Resolves when the connection can take commands. Rejects with `RedisNotUsable`, which tells the last reason, after `timeoutMs`,
 * and at once if Redis refuses user or password. A Redis that is loading its data is waited for however long that takes;
 * `onLoading` is called once then. With its topology, Sentinels and nodes of a Cluster are asked for their reasons.
 */
export async function waitUntilReady(
  client: RedisClient,
  timeoutMs: number,
  topology?: RedisTopology,
  onLoading: () => void = () => undefined,
): Promise<void> {
  if (client.status === 'ready') return;
  const ready = Promise.withResolvers<void>();
  let endMs = performance.now() + timeoutMs;
  let told = false;
  const look = async () => {
    if (await isLoading(client)) {
      endMs = performance.now() + timeoutMs;
      if (!told) onLoading();
      told = true;
    } else if (performance.now() > endMs) ready.reject(watch.last);
  };
  const watch = new FailureWatch(client, (error) => {
    if (isRefusal(error)) ready.reject(error);
  });
  const timer = setInterval(() => void look(), lookMs);
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
    clearInterval(timer);
    client.off('ready', ready.resolve);
  }
}
