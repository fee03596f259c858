import { withMarkup } from './markup.ts';

test('the markup lands where the language wants it, and the sentence is escaped', () => {
  expect(withMarkup((code) => `Use ${code} & "wait" <now>`, '<b>X</b>')).toBe(
    'Use <b>X</b> &#38; &#34;wait&#34; &#60;now&#62;',
  );
});
