import { clusterSlot } from './cluster-slot.ts';

const slots = 16_384;

/** Which of `count` equal parts of a Cluster's slots this key lies in, from 0 on. Keys with random names lie in each equally often. */
export function slotPart(key: string, count: number): number {
  return Math.floor((clusterSlot(key) * count) / slots);
}

/**
 * `count` hash tags whose slots are spread evenly: one near the middle of each equal part of a Cluster's slots. So shards of equal
 * size have equally many where `count` is a multiple of their number. A single one is `tag` itself. They are the same for every
 * process and release, which find each other's queues by them.
 */
export function spreadHashTags(tag: `{${string}}`, count: number): readonly string[] {
  if (count === 1) return [tag];
  const part = slots / count;
  return Array.from({ length: count }, (_, index) => {
    for (let attempt = 0; ; attempt++) {
      const spread = `${tag.slice(0, -1)}.${count}.${index}.${attempt}}`;
      if (Math.abs(clusterSlot(spread) - (index + 0.5) * part) <= part / 8) return spread;
    }
  });
}
