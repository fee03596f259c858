import { BoundedMap } from './bounded-map.ts';

test('a full map forgets what was set longest ago, and what was deleted takes no place', () => {
  const map = new BoundedMap<string, number>(2);
  const all = () => ['a', 'b', 'c', 'd'].map((key) => map.get(key));
  map.set('a', 1);
  map.set('b', 2);
  expect(all()).toEqual([1, 2, undefined, undefined]);
  // Set anew, `a` is the newest.
  map.set('a', 3);
  map.set('c', 4);
  expect(all()).toEqual([3, undefined, 4, undefined]);
  map.delete('c');
  map.set('d', 5);
  expect(all()).toEqual([3, undefined, undefined, 5]);
});
