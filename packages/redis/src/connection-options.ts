import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { RedisOptions } from 'ioredis';
import type { RedisTls } from './redis-tls.ts';
import { parseRedisUrl } from './redis-url.ts';
import type { RedisTopology, SentinelAccess } from './topology.ts';

/** Time in which a Sentinel has to answer before the next one is asked. */
const sentinelTimeoutMs = 1_000;

/** What every connection to Redis itself has: user, password, database, TLS. */
export function accessOptions({ url, tls }: RedisTopology) {
  const address = parseRedisUrl(url);
  const { username, password, db } = address;
  return {
    ...socketOptions,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(db === undefined ? {} : { db }),
    // Without the second, ioredis speaks in plain text to the master that a Sentinel names.
    ...(address.tls ? { tls: tlsOptions(tls), enableTLSForSentinelMode: true } : {}),
  } satisfies RedisOptions;
}

const socketOptions = {
  protocol: 2 as const,
  connectTimeout: 2_000,
  // How long the other side may take to close a connection that is given up.
  disconnectTimeout: 500,
  keepAlive: 10_000,
};

/** Where a single Redis is. Its name goes into the TLS greeting, by which hosts of many servers tell which one is meant. */
export function singleAddress({ url, tls }: RedisTopology) {
  const address = parseRedisUrl(url);
  const { host, port } = address;
  if (!address.tls || isIP(host) !== 0) return { host, port };
  return { host, port, tls: tlsOptions(tls, host) };
}

/** The options with which ioredis asks Sentinels for the primary. */
export function sentinelOptions(access: SentinelAccess | undefined, tls: RedisTls | undefined) {
  const { username, password, tls: sentinelTLS } = sentinelConnection(access, tls);
  return {
    sentinelCommandTimeout: sentinelTimeoutMs,
    ...(username === undefined ? {} : { sentinelUsername: username }),
    ...(password === undefined ? {} : { sentinelPassword: password }),
    ...(sentinelTLS === undefined ? {} : { sentinelTLS }),
  } satisfies RedisOptions;
}

/** The options of a connection to a Sentinel itself. */
export function sentinelConnection(access: SentinelAccess | undefined, tls: RedisTls | undefined) {
  const options: { username?: string; password?: string; tls?: ConnectionOptions } = {};
  if (access?.user !== undefined) options.username = access.user;
  if (access?.password !== undefined) options.password = access.password.reveal();
  if (access?.tls) options.tls = tlsOptions(tls);
  return options;
}

/** ioredis reads these options for each connection that it opens, and with them the files of certificates. */
function tlsOptions(tls: RedisTls | undefined, servername?: string): ConnectionOptions {
  return {
    ...(servername === undefined ? {} : { servername }),
    get secureContext() {
      return tls?.secureContext;
    },
  };
}
