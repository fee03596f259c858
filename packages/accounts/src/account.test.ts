import { foldEmail, visibleEmail } from './account.ts';

test.each([
  ['a zero-width space', '\u200b'],
  ['a soft hyphen', '\u00ad'],
  ['a mark for the direction of text', '\u202e'],
  ['a Hangul filler', '\u3164'],
  ['a half-width Hangul filler', '\uffa0'],
  ['a Mongolian variation selector', '\u180b'],
  ['a variation selector', '\ufe0f'],
  ['a variation selector of the supplement', '\u{e0100}'],
])('an address with %s in it is the address without it, which somebody may have', (_, invisible) => {
  expect(visibleEmail(`a${invisible}da@example.com`)).toBe('ada@example.com');
  expect(foldEmail(`${invisible}ada@example.com`)).toBe(foldEmail('ada@example.com'));
});

test('an address is the same in capitals, between blanks and however a system encodes it, and keeps how it was written', () => {
  expect(foldEmail(' ADA@Example.com\n')).toBe('ada@example.com');
  expect(foldEmail('andre\u0301@example.com')).toBe(foldEmail('andr\u00e9@example.com'));
  expect(visibleEmail(' ADA@Example.com\n')).toBe('ADA@Example.com');
});

test('addresses that look different are different', () => {
  const all = ['ada@example.com', 'a.da@example.com', 'ad\u00e1@example.com', 'ada+x@example.com'];
  expect(new Set(all.map(foldEmail)).size).toBe(all.length);
});
