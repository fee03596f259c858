import { connectRedis, type RedisClient, waitUntilReady } from '@ravi/redis';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { floorQueueName } from './floor-queue.ts';

/** The queue from the floor's api to its issuer. */
export const bareQueueName = floorQueueName('bare');

/** Logins share a job, as ours do. */
export interface BareJob {
  readonly loginIds: readonly string[];
}

/** The floor's one account, which approves everything. */
export const approver = { id: 1, epoch: '', email: 'load-0123456789abcdef@example.com' } as const;

/** The service keys that api and issuer of the floor share. */
export const bareKeys = deriveServiceKeys(new Secret('a secret that opens nothing but a floor'));

/** A connection with the options of our services, their batching of scripts included. Resolves when Redis answers. */
export async function connectAsOurs(role: 'commands' | 'subscriber' | 'worker'): Promise<RedisClient> {
  const client = connectRedis({ kind: 'single', url: process.env['REDIS_URL'] ?? '' }, role, `floor-${role}`);
  client.on('error', () => undefined);
  await waitUntilReady(client, 30_000);
  return client;
}
