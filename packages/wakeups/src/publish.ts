import type { RedisClient } from '@ravi/redis';
import { wakeupChannel } from './channel.ts';

/**
 * Tells an api instance to check a login again. It is only a hint: if it is lost, the instance's sweep finds the change.
 * On a Cluster it is published to one shard, not to all nodes.
 */
export async function publishWakeup(redis: RedisClient, instance: string, loginId: string): Promise<void> {
  const channel = wakeupChannel(instance);
  await (redis.isCluster ? redis.spublish(channel, loginId) : redis.publish(channel, loginId));
}
