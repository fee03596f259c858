import { clusterSlot } from './cluster-slot.ts';
import { slotPart, spreadHashTags } from './hash-tags.ts';

test('on shards of equal size, as many tags as a multiple of the shards lie on each', () => {
  for (const shards of [2, 3, 5, 6]) {
    for (const count of [shards, 2 * shards, 3 * shards]) {
      const onShard = spreadHashTags('{ravi}', count).map((tag) =>
        Math.floor((clusterSlot(`${tag}:issuance:wait`) * shards) / 16_384),
      );
      const counts = Array.from(
        { length: shards },
        (_, shard) => onShard.filter((one) => one === shard).length,
      );
      expect(counts).toEqual(Array.from({ length: shards }, () => count / shards));
    }
  }
});

test('one tag alone is the tag itself, and every set has tags of its own', () => {
  expect(spreadHashTags('{ravi}', 1)).toEqual(['{ravi}']);
  const all = [1, 2, 3, 4, 12, 64].flatMap((count) => spreadHashTags('{ravi}', count));
  expect(new Set(all).size).toBe(all.length);
});

test('the tags are those by which other releases find the queues', () => {
  expect(spreadHashTags('{ravi}', 3)).toMatchInlineSnapshot(`
   [
     "{ravi.3.0.55}",
     "{ravi.3.1.21}",
     "{ravi.3.2.43}",
   ]
  `);
});

test('keys are spread over all parts', () => {
  const parts = Array.from({ length: 3_000 }, (_, index) => slotPart(`login-${index}`, 3));
  for (const part of [0, 1, 2]) {
    expect(Math.abs(parts.filter((one) => one === part).length - 1_000)).toBeLessThan(130);
  }
});
