import { divideOpenFiles } from './open-files.ts';

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
