import { encode } from 'uqr';
import { dataWordsOf, interleave, layoutFor } from './blocks.ts';
import { Matrix } from './matrix.ts';
import { penaltyOf } from './penalty.ts';
import { qrCode, qrMatrix } from './qr-code.ts';

const textOf = (length: number) =>
  'https://login.example.com/device?user_code=BCDF-GHJK&'.repeat(6).slice(0, length);

/** Rows of modules, `#` for dark ones. */
const rowsOf = (modules: readonly (readonly boolean[])[]) =>
  modules.map((row) => row.map((isDark) => (isDark ? '#' : '.')).join(''));

/** As another library draws a text with a mask. */
const theirs = (text: string, maskPattern: number) =>
  rowsOf(encode(text, { ecc: 'L', border: 0, boostEcc: false, maskPattern }).data);

/** The rows of a matrix. */
function drawn(matrix: Matrix | null): readonly string[] {
  const places = Array.from({ length: matrix?.size ?? 0 }, (_, at) => at);
  return rowsOf(places.map((y) => places.map((x) => matrix?.isDark(x, y) ?? false)));
}

const masks = [0, 1, 2, 3, 4, 5, 6, 7];

// The longest of each size, and some of the shortest.
const lengths = [1, 17, 18, 32, 53, 78, 79, 106, 134, 154, 192, 230, 231, 271];

test.each(lengths)('a text of %i bytes is drawn with each mask as another library draws it', (length) => {
  const text = textOf(length);
  const bytes = new TextEncoder().encode(text);
  const layout = layoutFor(length);
  for (const mask of masks) {
    const matrix = new Matrix(layout?.version ?? 0);
    if (layout) matrix.drawWords(interleave(dataWordsOf(bytes, layout), layout));
    matrix.mask(mask);
    expect(drawn(matrix)).toEqual(theirs(text, mask));
  }
});

test.each(lengths)('a text of %i bytes is drawn with the mask that is easiest to read', (length) => {
  const text = textOf(length);
  const drawings = masks.map((mask) => {
    const rows = theirs(text, mask);
    return { rows, penalty: penaltyOf({ size: rows.length, isDark: (x, y) => rows[y]?.[x] === '#' }) };
  });
  const least = Math.min(...drawings.map(({ penalty }) => penalty));
  const easiest = drawings.filter(({ penalty }) => penalty === least).map(({ rows }) => rows);
  expect(easiest).toContainEqual(drawn(qrMatrix(text)));
});

test('a text that is too long is drawn not at all', () => {
  expect([qrMatrix(textOf(272)), qrCode(textOf(272))]).toEqual([null, null]);
});

/** The upper and the lower module of a character on a dark terminal. */
const halves: Readonly<Record<string, string>> = { '█': '..', '▄': '#.', '▀': '.#', ' ': '##' };

test('the lines show the modules, with two light ones all around', () => {
  const text = textOf(60);
  const shown = qrCode(text)
    ?.split('\n')
    .flatMap((line) =>
      [0, 1].map((half) => Array.from(line, (character) => halves[character]?.[half]).join('')),
    );
  const rows = drawn(qrMatrix(text)).map((row) => `..${row}..`);
  const light = '.'.repeat(rows.length + 4);
  // Two rows to a line: behind an odd number of them comes another light one.
  expect(shown).toEqual([light, light, ...rows, light, light, light]);
});
