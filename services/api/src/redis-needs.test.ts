import { keyKinds } from '../../../test/support/keys/key-kinds.ts';
import { redisNeeds } from './redis-needs.ts';

/** Kinds that others than apis write, or that are checked as keys of a queue. */
const others = new Set(['unused-look', 'mark', 'queue', 'delivery', 'stalled-check']);

test('an api looks at its start whether it may use every kind of key that it writes', () => {
  const keys = redisNeeds(false, 1).flatMap(([, key = '']) => key);
  const isNeeded = (kind: string) =>
    keys.some((key) => new RegExp(`^\\{?ravi:(?:audit\\}:)?${kind}(?:$|:\\{)`).test(key));
  const kinds = Object.keys(keyKinds).filter((kind) => !others.has(kind));
  expect(kinds.filter((kind) => !isNeeded(kind))).toEqual([]);
});
