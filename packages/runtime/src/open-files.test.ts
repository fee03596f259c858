import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { divideOpenFiles, openFilesLimit } from './open-files.ts';

test.each([
  ['1024                 524288               files', 1_024],
  ['unlimited            unlimited            files', Number.POSITIVE_INFINITY],
])('the limit is the first number that Linux tells: of %j, %d', (told, limit) => {
  const directory = mkdtempSync(join(tmpdir(), 'ravi-limits-'));
  const file = join(directory, 'limits');
  const others = [
    'Limit  Soft Limit  Hard Limit  Units',
    'Max processes             62000                62000',
  ];
  writeFileSync(file, [...others, `Max open files            ${told}`, ''].join('\n'));
  expect(openFilesLimit(file)).toBe(limit);
  writeFileSync(file, others.join('\n'));
  expect(openFilesLimit(file)).toBe(Number.POSITIVE_INFINITY);
  rmSync(directory, { recursive: true });
});

test('a system that tells no limit is taken for macOS', () => {
  expect(openFilesLimit('/nowhere/limits')).toBe(10_240);
});

test.each([
  { limit: 1_048_576, held: 50_000, connections: 1_048_320 },
  { limit: 20_000, held: 18_744, connections: 19_744 },
  { limit: 1_024, held: 576, connections: 768 },
  { limit: 100, held: 38, connections: 50 },
  { limit: Number.POSITIVE_INFINITY, held: 50_000, connections: Number.POSITIVE_INFINITY },
])(
  'of $limit open files, $connections may be connections, and $held of these held',
  ({ limit, held, connections }) => {
    expect(divideOpenFiles(limit, 50_000)).toEqual({ maxConnections: connections, maxHeldWaits: held });
  },
);

test('a lower MAX_HELD_WAITS stays as it is', () => {
  expect(divideOpenFiles(20_000, 10).maxHeldWaits).toBe(10);
  expect(divideOpenFiles(20_000, 0).maxHeldWaits).toBe(0);
});
