import type { Redis } from 'ioredis';
import { checkServers } from './server-check.ts';

/** A server whose `INFO` has these lines, and whose clock is right. */
const server = (...lines: readonly string[]) =>
  ({
    info: () => Promise.resolve(lines.map((line) => `${line}\r\n`).join('')),
    time: () => Promise.resolve([Math.floor(Date.now() / 1000), (Date.now() % 1000) * 1000]),
  }) as unknown as Redis;

test.each([
  ['redis_version:6.2.14', 'unusable', 'Redis 6.2.14 is too old: use Redis 7 or newer, or Valkey.'],
  ['aof_last_write_status:err', 'danger', 'could not write its append-only file'],
])('a server that says %s is %s', async (line, severity, sentence) => {
  expect(await checkServers(server(line), () => Date.now())).toEqual([
    { severity, sentence: expect.stringContaining(sentence) as unknown },
  ]);
});

test.each([
  ['Redis 7', 'redis_version:7.0.15'],
  ['Redis 10', 'redis_version:10.0.0'],
  ['Valkey', 'redis_version:7.2.4', 'server_name:valkey', 'valkey_version:8.0.1'],
  ['a managed service that leaves fields out'],
])('%s is used', async (_, ...lines) => {
  expect(await checkServers(server('maxmemory_policy:noeviction', ...lines), () => Date.now())).toEqual([]);
});
