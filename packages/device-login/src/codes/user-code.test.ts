import { foldUserCode, formatUserCode, generateUserCode, readTypedCode } from './user-code.ts';

/** @shows RFC 8628 §5.7 */
test('a generated code has 8 letters of the alphabet and survives formatting and folding', () => {
  for (let i = 0; i < 200; i++) {
    const code = generateUserCode();
    expect(code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{8}$/);
    expect(formatUserCode(code)).toBe(`${code.slice(0, 4)}-${code.slice(4)}`);
    expect(foldUserCode(formatUserCode(code))).toBe(code);
  }
});

test('every letter of the alphabet turns up', () => {
  const letters = new Set(Array.from({ length: 500 }, generateUserCode).flatMap((code) => code.split('')));
  expect(letters.size).toBe(20);
});

test.each(['bcdf-ghjk', 'BCDFGHJK', ' BCDF GHJK ', 'b.c.d.f/g_h-j k', 'bcdf–ghjk', 'ＢＣＤＦ-ＧＨＪＫ'])(
  '"%s" is understood as BCDF-GHJK',
  (typed) => {
    expect(foldUserCode(typed)).toBe('BCDFGHJK');
  },
);

test.each(['', 'BCDF-GHJ', 'BCDF-GHJKL', 'ABCD-EFGH', 'BCDF-GHJ1', 'x'.repeat(10_000), 'BCDFGHJ\u0130'])(
  'what cannot be a code is refused (%#)',
  (typed) => {
    expect(foldUserCode(typed)).toBeNull();
  },
);

test('what is longer than 64 characters is no code, whatever else is in it', () => {
  expect(foldUserCode('BCDF-GHJK'.padEnd(64))).toBe('BCDFGHJK');
  expect(foldUserCode('BCDF-GHJK'.padEnd(65))).toBeNull();
});

test('of a typed code that cannot be one it is told how many letters it has, and once each which are of no code', () => {
  expect(readTypedCode('BCDF-AEAE1')).toEqual({ letters: 9, foreign: ['A', 'E', '1'] });
  expect(readTypedCode(' bcdf ')).toEqual({ letters: 4, foreign: [] });
});
