import type { Matrix } from './matrix.ts';

/** How hard a masked code is to read: long runs, blocks, what looks like a finder, too much of one colour. (ISO/IEC 18004 §7.8.3) */
export function penaltyOf(matrix: Pick<Matrix, 'size' | 'isDark'>): number {
  const { size } = matrix;
  let penalty = 0;
  let dark = 0;
  for (let at = 0; at < size; at++) {
    penalty += linePenalty(size, (index) => matrix.isDark(index, at));
    penalty += linePenalty(size, (index) => matrix.isDark(at, index));
  }
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const isDark = matrix.isDark(x, y);
      if (isDark) dark++;
      if (x === size - 1 || y === size - 1) continue;
      const others = [matrix.isDark(x + 1, y), matrix.isDark(x, y + 1), matrix.isDark(x + 1, y + 1)];
      if (others.every((other) => other === isDark)) penalty += 3;
    }
  }
  return penalty + Math.floor(Math.abs(dark / size ** 2 - 0.5) * 20) * 10;
}

/** A finder's proportions with light on one side. */
const finderLike = /(?=10111010000)|(?=00001011101)/g;

function linePenalty(size: number, isDark: (index: number) => boolean): number {
  const line = Array.from({ length: size }, (_, index) => (isDark(index) ? '1' : '0')).join('');
  const runs = line.match(/0{5,}|1{5,}/g) ?? [];
  const finders = line.match(finderLike) ?? [];
  return runs.reduce((sum, run) => sum + run.length - 2, 0) + finders.length * 40;
}
