import { penaltyOf } from './penalty.ts';

/** How hard a square of these lines is to read; `1` is dark. */
function penaltyOfLines(lines: readonly string[]): number {
  return penaltyOf({ size: lines.length, isDark: (x, y) => lines[y]?.[x] === '1' });
}

/** As many lines as the first has modules, each the opposite of the one before. */
function inTurn(first: string): readonly string[] {
  const opposite = first.replace(/./g, (module) => (module === '1' ? '0' : '1'));
  return Array.from(first, (_, y) => (y % 2 === 0 ? first : opposite));
}

const transposed = (lines: readonly string[]) =>
  lines.map((_, x) => lines.map((line) => line[x] ?? '').join(''));

test.each<[string, readonly string[], number]>([
  ['light and dark in turn', inTurn('010101'), 0],
  ['a line of four', inTurn('0000101011'), 0],
  ['a line of five of one colour', inTurn('0000010110'), 10 * 3],
  ['a line of seven', inTurn('01011111110110'), 14 * 5],
  ['a finder with light behind it', inTurn('10111010000'), 6 * 40],
  ['a finder with light before it', inTurn('00001011101'), 6 * 40],
  ['a finder with light on both sides', inTurn('000010111010000'), 8 * 80],
  ['two finders with the light between them', inTurn('101110100001011101'), 9 * 80],
  ['a square of two by two', ['1101', '1100', '0010', '1010'], 3],
  ['squares of two by two that overlap', ['1110', '1110', '0001', '0100'], 2 * 3],
  ['all light', Array.from({ length: 6 }, () => '000000'), 12 * 4 + 25 * 3 + 100],
  ['all dark', Array.from({ length: 6 }, () => '111111'), 12 * 4 + 25 * 3 + 100],
  ['four of nine dark', ['101', '000', '101'], 10],
  ['five of nine dark', ['010', '111', '010'], 10],
  ['a quarter dark', ['10', '00'], 50],
  ['three quarters dark', ['11', '01'], 50],
])('%s is as hard to read as the standard says, along lines and columns', (_, lines, penalty) => {
  expect([penaltyOfLines(lines), penaltyOfLines(transposed(lines))]).toEqual([penalty, penalty]);
});
