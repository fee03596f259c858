import { withMarkup } from './markup.ts';
import { phrase } from '@ravi/runtime';

test('the markup lands where the language wants it, and the sentence is escaped', () => {
  expect(withMarkup(phrase('Use {code} & "wait" <now>'), { code: '<b>X</b>' })).toBe(
    'Use <b>X</b> &#38; &#34;wait&#34; &#60;now&#62;',
  );
});

test('a value that looks like a placeholder or a pattern stays as it is', () => {
  expect(phrase('{name}, {code}')({ name: '{code} $& $1', code: 'X' })).toBe('{code} $& $1, X');
});
