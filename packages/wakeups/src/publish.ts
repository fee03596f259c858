import type { RedisClient } from '@ravi/redis';
import { wakeupChannel } from './channel.ts';

/**
 * Tells an api instance to look at a login again. A hint, never the truth: it may be lost, and then the instance's
 * own sweep finds the change. On a Cluster it is published to one shard, not to all nodes.
 */
export async function publishWakeup(redis: RedisClient, instance: string, loginId: string): Promise<void> {
  const channel = wakeupChannel(instance);
  await (redis.isCluster ? redis.spublish(channel, loginId) : redis.publish(channel, loginId));
}
