import { Cluster, type Redis } from 'ioredis';
import type { RedisClient } from './client.ts';

/** What Redis itself answers to commands while it loads its data; ioredis sends it none then. */
export const loadingReply = 'LOADING Redis is loading the dataset in memory';

/** Whether a server that the connection reaches is loading its data after a start, and will take commands by itself. */
export async function isLoading(client: RedisClient): Promise<boolean> {
  const servers = client instanceof Cluster ? client.nodes('master') : [client];
  return (await Promise.all(servers.map(isServerLoading))).includes(true);
}

/** The same for one server. */
export async function isServerLoading(server: Redis): Promise<boolean> {
  if (server.status !== 'connect') return false;
  // This command alone is sent even where the connection is not ready.
  const info = await server.info('persistence').catch(() => '');
  return info.includes('\nloading:1\r');
}
