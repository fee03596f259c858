import { shippedLanguages } from './shipped-languages.ts';
import { textsFor } from './texts-for.ts';

test.each([
  [['de-AT', 'en'], 'de'],
  [['nl', 'DE'], 'de'],
  [['en-GB', 'de'], 'en'],
  [['nl', '*'], 'en'],
  [['__proto__', 'constructor'], 'en'],
  [[], 'en'],
])('%j gets %s', (wanted, lang) => {
  expect(textsFor(wanted).lang).toBe(lang);
});

test.each([
  [49, 'de'],
  [50, 'en'],
])('behind %i other languages, one gets %s: a head has room for thousands', (others, lang) => {
  expect(textsFor([...Array<string>(others).fill('nl'), 'de']).lang).toBe(lang);
});

test.each(shippedLanguages)('no text in $lang is empty or contains markup', (texts) => {
  const said: string[] = [];
  JSON.stringify(texts, (_key, value: unknown) => {
    if (typeof value === 'string') said.push(value);
    return typeof value === 'function' && 'template' in value ? value.template : value;
  });
  expect(said.length).toBeGreaterThan(80);
  for (const text of said) expect(text).toMatch(/^[^<>]+$/u);
});

test.each(shippedLanguages)(
  'a text in $lang that names a page or a button names it as it is called',
  (texts) => {
    const { confirm, programs, result, security, signInFailure } = texts;
    const { approve, deny } = confirm;
    expect(signInFailure.reasons.emailTaken({ provider: 'x' })).toContain(security.title);
    expect(programs.ways).toContain(programs.notMe);
    expect(programs.notYet).toContain(programs.endAll);
    expect(confirm.problems.noDecision).toMatch(new RegExp(`${deny}.*${approve}`, 'u'));
    expect([result.tooLate.approve, result.tooLate.deny]).toEqual([
      expect.stringContaining(approve),
      expect.stringContaining(deny),
    ]);
  },
);
