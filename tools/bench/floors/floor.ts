import { randomBytes } from 'node:crypto';
import { connectRedis, type RedisClient } from '@ravi/redis';
import { Redis } from 'ioredis';

/** The ports of a floor, from the environment that the benchmark sets. */
export const floorPort = Number(process.env['PORT']);

/** A connection of a floor, with the options of our services and, for commands, ioredis's own auto-pipelining. */
export function connectFloor(
  role: 'commands' | 'subscriber' | 'worker',
  url = process.env['REDIS_URL'] ?? '',
): RedisClient {
  const client =
    role === 'commands'
      ? new Redis(url, {
          protocol: 2,
          noDelay: true,
          enableOfflineQueue: false,
          commandTimeout: 800,
          maxRetriesPerRequest: 0,
          enableAutoPipelining: true,
        })
      : connectRedis({ kind: 'single', url }, role, `floor-${role}`);
  client.on('error', () => undefined);
  return client;
}

/** An answer of the same size as that of a started login. */
export function startAnswer() {
  const code = randomBytes(61).toString('base64url');
  return {
    device_code: code,
    user_code: 'BCDF-GHJK',
    verification_uri: 'http://login.localhost:3000/device',
    verification_uri_complete: 'http://login.localhost:3000/device?user_code=BCDF-GHJK',
    expires_in: 900,
    interval: 5,
  };
}

/** The answer to a poll of a pending login. */
export const pendingAnswer = {
  error: 'authorization_pending',
  error_description:
    'The login is not approved yet. Ask again, with "wait": true to be answered at once when it is.',
};

/** The answer to a look-up of the account of a credential. */
export const account = { id: 1, email: 'load-0123456789abcdef@example.com', first_name: '', last_name: '' };
