import { Cluster } from 'ioredis';
import type { RedisClient } from './client.ts';
import { checkServers, findingsIn } from './server-check.ts';

/** What `INFO` tells. */
const info = (...lines: readonly string[]) => lines.map((line) => `${line}\r\n`).join('');

test.each([
  ['redis_version:6.2.14', 'unusable', 'Redis 6.2.14 is too old: use Redis 7 or newer, or Valkey.'],
  [
    'maxmemory_policy:allkeys-lru',
    'unsafe',
    '(maxmemory-policy allkeys-lru), accounts and logins among them',
  ],
  ['aof_enabled:0', 'danger', 'keeps no append-only file'],
  ['aof_last_write_status:err', 'danger', 'could not write its append-only file'],
])('a server that says %s is %s', (line, severity, sentence) => {
  expect(findingsIn(info(line), null)).toEqual([
    { severity, sentence: expect.stringContaining(sentence) as unknown },
  ]);
});

test.each([
  ['Redis 7', 'redis_version:7.0.15', 'aof_enabled:1', 'aof_last_write_status:ok'],
  ['Redis 10', 'redis_version:10.0.0'],
  ['Valkey', 'redis_version:7.2.4', 'server_name:valkey', 'valkey_version:8.0.1'],
  ['a managed service that leaves fields out'],
])('%s is used', (_, ...lines) => {
  expect(findingsIn(info('maxmemory_policy:noeviction', ...lines), null)).toEqual([]);
});

test('all that is wrong is told, with a clock that differs', () => {
  const text = info('# Server', 'redis_version:6.0.0', '', 'maxmemory_policy:volatile-lru', 'aof_enabled:0');
  const clock = { skewMs: 60_000, sentence: 'The clock of Redis is 60.0 s ahead.' };
  const severities = findingsIn(text, clock).map(({ severity }) => severity);
  expect(severities).toEqual(['unusable', 'unsafe', 'danger', 'notice']);
  expect(findingsIn('', clock)).toEqual([{ severity: 'notice', sentence: clock.sentence }]);
  expect(findingsIn('', { skewMs: 0, sentence: null })).toEqual([]);
});

test('each primary of a Cluster is looked at, and what is wrong with several is told once', async () => {
  const primary = (text: string) => ({
    info: async () => text,
    time: async () => [String(Math.floor(Date.now() / 1000)), '0'],
  });
  const old = primary(info('redis_version:6.0.0'));
  const servers = [old, primary(info('redis_version:7.4.0')), old, primary(info('aof_enabled:0'))];
  const cluster: unknown = Object.create(Cluster.prototype);
  const nodes = (role: string) => (role === 'master' ? servers : []);
  const client = Object.assign(cluster as RedisClient, { nodes });
  const found = await checkServers(client, () => Date.now());
  expect(found.map(({ severity }) => severity)).toEqual(['unusable', 'danger']);
});
