import { Secret } from '@ravi/runtime';
import { accessOptions, sentinelConnection, sentinelOptions, singleAddress } from './connection-options.ts';
import { RedisTls } from './redis-tls.ts';

const tls = new RedisTls({});
const single = (url: string) => ({ kind: 'single', url, tls }) as const;

/** The settings of each connection, and these. */
const every = { protocol: 2, connectTimeout: 2_000, disconnectTimeout: 500, keepAlive: 10_000 };
const secure = { secureContext: tls.secureContext };

test.each([
  ['redis://h', {}],
  ['redis://:pw@h', { password: 'pw' }],
  ['redis://user:pw@h/3', { username: 'user', password: 'pw', db: 3 }],
  // Also to the master that a Sentinel names.
  ['rediss://h', { tls: secure, enableTLSForSentinelMode: true }],
])('user, password, database and TLS of %s are those of each connection', (url, options) => {
  expect(accessOptions(single(url))).toStrictEqual({ ...every, ...options });
});

test.each([
  ['redis://redis.example.com:7000', { host: 'redis.example.com', port: 7_000 }],
  [
    'rediss://redis.example.com',
    { host: 'redis.example.com', port: 6379, tls: { servername: 'redis.example.com', ...secure } },
  ],
  // An address is no name of a server. (RFC 6066 §3)
  ['rediss://10.0.0.1', { host: '10.0.0.1', port: 6379 }],
  ['rediss://[::1]', { host: '::1', port: 6379 }],
])('%s is where a single Redis is, and the name that its TLS greeting names', (url, address) => {
  expect(singleAddress(single(url))).toStrictEqual(address);
});

test('a Sentinel gets its own user and password, and TLS if it takes it', () => {
  const password = new Secret('pw');
  expect(sentinelConnection(undefined, tls)).toStrictEqual({});
  expect(sentinelConnection({ tls: false }, tls)).toStrictEqual({});
  expect(sentinelConnection({ tls: false, password }, tls)).toStrictEqual({ password: 'pw' });
  const all = { tls: true, user: 'user', password };
  expect(sentinelConnection(all, tls)).toStrictEqual({ username: 'user', password: 'pw', tls: secure });
  expect(sentinelOptions({ tls: false }, tls)).toStrictEqual({ sentinelCommandTimeout: 1_000 });
  expect(sentinelOptions(all, tls)).toStrictEqual({
    sentinelCommandTimeout: 1_000,
    sentinelUsername: 'user',
    sentinelPassword: 'pw',
    sentinelTLS: secure,
  });
});
