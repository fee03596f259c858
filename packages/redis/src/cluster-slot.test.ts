import { clusterSlot } from './cluster-slot.ts';
import { markKey } from './keyspace.ts';

test.each([
  ['123456789', 12_739],
  ['', 0],
  ['ravi:login:{abc}', 7_638],
  ['{user1000}.following', 3_443],
  ['foo{}{bar}', 8_363],
  ['foo{{bar}}zap', 4_015],
])('%p lies in the slot that Redis says', (key, slot) => {
  expect(clusterSlot(key)).toBe(slot);
});

test.each(['ravi:account:17', 'ravi:grant:{6f0e}', 'ravi:key:6f0e', 'ravi:mint:{tag}:rest'])(
  'the mark of %p lies in the slot of the record',
  (key) => {
    expect(clusterSlot(markKey(key))).toBe(clusterSlot(key));
  },
);
