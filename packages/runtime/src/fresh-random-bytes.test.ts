import { drawingFrom, freshRandomBytes } from './fresh-random-bytes.ts';

test('no random bytes are given out twice, whatever the sizes', () => {
  const pieces = Array.from({ length: 2_000 }, (_, index) => freshRandomBytes(16 + (index % 33)));
  expect(pieces.every((piece, index) => piece.length === 16 + (index % 33))).toBe(true);
  expect(new Set(pieces.map((piece) => piece.subarray(0, 16).toString('hex'))).size).toBe(pieces.length);
});

test('what was given is not changed by what is given next', () => {
  const first = freshRandomBytes(32);
  const copy = Buffer.from(first);
  for (let i = 0; i < 500; i++) freshRandomBytes(32);
  expect(first.equals(copy)).toBe(true);
});

test('more than the pool holds is refused instead of being given in part', () => {
  expect(freshRandomBytes(4096)).toHaveLength(4096);
  expect(() => freshRandomBytes(4097)).toThrow(new RangeError('At most 4096 random bytes at once.'));
});

test('what is given comes from the pool, each byte once, and is wiped from it', () => {
  const pool = Buffer.alloc(64);
  const draw = drawingFrom(pool);
  const first = draw(24);
  const rest = Buffer.from(pool.subarray(24));
  expect(pool.subarray(0, 24)).toEqual(Buffer.alloc(24));
  expect([...draw(8), ...draw(32)]).toEqual([...rest]);
  expect(pool).toEqual(Buffer.alloc(64));
  expect(draw(24)).not.toEqual(first);
});
