import { parseRedisUrl, type RedisAddress } from './redis-url.ts';

const local = { host: '127.0.0.1', port: 6379, tls: false };

test.each<[string, RedisAddress]>([
  ['redis://127.0.0.1:6379', local],
  ['redis://127.0.0.1', local],
  ['redis://127.0.0.1/', local],
  ['redis://', local],
  ['redis:///3', { ...local, db: 3 }],
  ['redis://redis.example.com:7000/12', { host: 'redis.example.com', port: 7_000, db: 12, tls: false }],
  ['rediss://redis.example.com', { host: 'redis.example.com', port: 6379, tls: true }],
  ['redis://[::1]:7000/0', { host: '::1', port: 7_000, db: 0, tls: false }],
  ['redis://:p%40w@127.0.0.1', { ...local, password: 'p@w' }],
  ['redis://user@127.0.0.1', { ...local, username: 'user' }],
  ['redis://us%3Aer:p%2Fw%23@127.0.0.1', { ...local, username: 'us:er', password: 'p/w#' }],
])('%s is read', (url, address) => {
  expect(parseRedisUrl(url)).toStrictEqual(address);
});

test.each([
  '',
  '127.0.0.1:6379',
  'http://127.0.0.1',
  'redis:127.0.0.1',
  'redis://127.0.0.1:port',
  'redis://127.0.0.1/database',
  'redis://127.0.0.1/1/2',
  'redis://127.0.0.1?db=1',
  'redis://127.0.0.1#1',
])('%j is refused in words of our own, which say how it is written', (url) => {
  expect(() => parseRedisUrl(url)).toThrow('REDIS_URL: must be a URL such as redis://127.0.0.1:6379');
});

test.each(['redis://:secret#1@h', 'redis://:secret?1@h', 'redis://:secret/1@h', 'rediss://u:secret%1@h'])(
  'where a password is not percent-encoded, as in %s, that is said, and the password is not',
  (url) => {
    expect(() => parseRedisUrl(url)).toThrow('percent-encoded');
    expect(() => parseRedisUrl(url)).not.toThrow('secret');
  },
);
