import { encode } from 'uqr';
import { qrCode, qrMatrix } from './qr-code.ts';

const textOf = (length: number) =>
  'https://login.example.com/device?user_code=BCDF-GHJK&'.repeat(6).slice(0, length);

test.each([1, 17, 18, 32, 53, 78, 79, 106, 134, 154, 192, 230, 231, 271])(
  'a text of %i bytes is drawn as another library draws it',
  (length) => {
    const text = textOf(length);
    const matrix = qrMatrix(text);
    const drawn = Array.from({ length: matrix?.size ?? 0 }, (_, y) =>
      Array.from({ length: matrix?.size ?? 0 }, (_, x) => matrix?.isDark(x, y)),
    );
    // Which of the eight masks is easiest to read is a matter of taste.
    const theirs = Array.from({ length: 8 }, (_, maskPattern) => {
      return encode(text, { ecc: 'L', border: 0, boostEcc: false, maskPattern }).data;
    });
    expect(theirs).toContainEqual(drawn);
  },
);

test('a text that is too long is drawn not at all', () => {
  expect([qrMatrix(textOf(272)), qrCode(textOf(272))]).toEqual([null, null]);
});

test('lines are of one length, and light all around', () => {
  const lines = qrCode(textOf(60))?.split('\n') ?? [];
  expect(new Set(lines.map((line) => line.length)).size).toBe(1);
  expect(lines[0]).toMatch(/^█+$/);
});
