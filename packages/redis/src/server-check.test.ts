import { findingsIn } from './server-check.ts';

/** What `INFO` tells. */
const info = (...lines: readonly string[]) => lines.map((line) => `${line}\r\n`).join('');

test.each([
  ['redis_version:6.2.14', 'unusable', 'Redis 6.2.14 is too old: use Redis 7 or newer, or Valkey.'],
  ['aof_last_write_status:err', 'danger', 'could not write its append-only file'],
])('a server that says %s is %s', (line, severity, sentence) => {
  expect(findingsIn(info(line), null)).toEqual([
    { severity, sentence: expect.stringContaining(sentence) as unknown },
  ]);
});

test.each([
  ['Redis 7', 'redis_version:7.0.15'],
  ['Redis 10', 'redis_version:10.0.0'],
  ['Valkey', 'redis_version:7.2.4', 'server_name:valkey', 'valkey_version:8.0.1'],
  ['a managed service that leaves fields out'],
])('%s is used', (_, ...lines) => {
  expect(findingsIn(info('maxmemory_policy:noeviction', ...lines), null)).toEqual([]);
});
