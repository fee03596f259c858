import type { RedisClient } from '@ravi/redis';

/** The channel of one api instance. The braces pin it to one Cluster slot, for sharded pub/sub. */
export function wakeupChannel(instance: string): string {
  return `ravi:wake:{${instance}}`;
}

/**
 * The channel with `%s` in the instance's place, for a script that publishes by itself; empty on a Cluster, where a script
 * reaches the shard of its keys alone.
 */
export function wakeupChannelForScripts(redis: RedisClient): string {
  return redis.isCluster ? '' : wakeupChannel('%s');
}
