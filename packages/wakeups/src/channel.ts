import type { RedisClient } from '@ravi/redis';

/** The channel of one api instance. The braces pin it to one Cluster slot, for sharded pub/sub. */
export function wakeupChannel(instance: string): string {
  return `ravi:wake:{${instance}}`;
}

/**
 * The channel with `%s` in place of the instance, for a script that publishes; empty on a Cluster, where a script reaches
 * only the shard of its keys.
 */
export function wakeupChannelForScripts(redis: RedisClient): string {
  return redis.isCluster ? '' : wakeupChannel('%s');
}
