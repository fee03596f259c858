import fc from 'fast-check';
import { displaySafe } from './display-safe.ts';

test.each([
  ['ordinary names stay as they are', 'Zoë’s agent – 東京 №7', 'Zoë’s agent – 東京 №7'],
  ['right-to-left letters stay', 'סוכן', 'סוכן'],
  ['emoji stay', 'bot 🤖', 'bot 🤖'],
  ['bidi overrides and isolates go', 'a\u202Eb\u2066c\u200Fd', 'abcd'],
  ['zero-width, soft hyphen, filler and tag characters go', 'a\u200B\u00AD\u3164\u{E0041}\uFE0Fb', 'ab'],
  ['lone surrogates and private use go', 'a\uD800\uE000b', 'ab'],
  ['line breaks, controls and blank symbols become one space', 'a\r\n\t\u0000\u2028\u2800 b', 'a b'],
  ['stacked marks are thinned', `a${'\u0300'.repeat(50)}b`, `${`a${'\u0300'.repeat(5)}`.normalize('NFC')}b`],
  ['nothing visible is nothing', '\u200B \u202E', ''],
])('%s', (_, given, shown) => {
  expect(displaySafe(given)).toBe(shown);
});

test('long text ends in an ellipsis, within the limit, and never inside a character', () => {
  expect(displaySafe('a'.repeat(65))).toBe(`${'a'.repeat(63)}…`);
  expect(displaySafe('a'.repeat(64))).toBe('a'.repeat(64));
  expect(displaySafe('🤖'.repeat(9), 4)).toBe('🤖🤖🤖…');
  expect(displaySafe('🤖'.repeat(4), 4)).toBe('🤖🤖🤖🤖');
  expect(displaySafe('a b c', 3)).toBe('a…');
});

test('making it safe twice changes nothing more', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const once = displaySafe(text);
      expect(displaySafe(once)).toBe(once);
    }),
    // The same texts in every run.
    { seed: 8628 },
  );
});
