import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lookOf } from '../look.ts';
import { en } from './en.ts';
import { shippedLanguages } from './shipped-languages.ts';
import { readPageTexts } from './page-texts-file.ts';
import { textsFor } from './texts-for.ts';
import { warnings } from './warnings.ts';

const folder = mkdtempSync(join(tmpdir(), 'ravi-texts-'));

function read(content: unknown) {
  const path = join(folder, 'texts.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return readPageTexts(path);
}

/** All texts of a language as a file has them: phrases as their templates. */
function asJson(words: object): Record<string, unknown> {
  const whole = JSON.stringify(words, (key, value: unknown) => {
    if (key === 'lang') return undefined;
    return typeof value === 'function' && 'template' in value ? value.template : value;
  });
  return JSON.parse(whole) as Record<string, unknown>;
}

/** Every text by its path. */
function flat(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  return Object.entries(value as object).flatMap(([name, inner]) =>
    flat(inner, path ? `${path}.${name}` : name),
  );
}

test('a file changes the texts that it names, and no others', () => {
  const { languages, problems } = read({
    en: { signIn: { title: 'Log in', through: 'Go on with {provider}' } },
  });
  expect(problems).toEqual([]);
  const texts = textsFor(['en'], lookOf({ languages }));
  expect(texts.signIn.title).toBe('Log in');
  expect(texts.signIn.through({ provider: 'GitHub' })).toBe('Go on with GitHub');
  expect(texts.signUp).toEqual(en.signUp);
  expect(textsFor(['de'], lookOf({ languages })).signIn.title).toBe('Anmelden');
});

test('a language with every text is one to choose, also where it is written from the right', () => {
  const { languages, problems } = read({
    'ar-EG': { ...asJson(en), dir: 'rtl', languageName: 'العربية' },
  });
  expect(problems).toEqual([]);
  expect(textsFor(['ar'], lookOf({ languages }))).toMatchObject({ lang: 'ar-EG', dir: 'rtl' });
});

test.each([
  [{ en: { signIn: { titel: 'x' } } }, 'en.signIn.titel is no text of ours; did you mean title?'],
  [{ en: { signIn: { through: 'Go on' } } }, 'en.signIn.through lacks {provider}'],
  [{ en: { signIn: { title: 'Hi {name}' } } }, 'en.signIn.title has no placeholder {name}'],
  [
    { de: { signIn: { through: 'Mit {anbieter} {provider}' } } },
    'de.signIn.through has no placeholder {anbieter}',
  ],
  [{ en: { signIn: { title: '' } } }, 'en.signIn.title must be a text of 1 to 1000 characters on one line'],
  [{ en: { signIn: 'Log in' } }, 'en.signIn must be an object of texts'],
  [{ en: { standingAdvice: 'Relax.' } }, 'en.standingAdvice is a warning, and stays as it is'],
  [{ en: { lang: 'fr' } }, 'en.lang comes from the name of the language'],
  [{ en: { dir: 'up' } }, 'en.dir must be "ltr" or "rtl"'],
  [{ English: {} }, '"English" is no language such as "nl" or "pt-BR"'],
])('%j is refused', (content, sentence) => {
  expect(read(content).problems).toEqual([sentence]);
});

test('a new language that lacks texts is refused, with the first of them by name', () => {
  const { signIn, ...others } = asJson(en);
  const { problems } = read({ nl: { ...others, dir: undefined } });
  expect(problems[0]).toBe('nl.dir is missing; a language of yours needs every text');
  expect(problems).toContain('nl.signIn.title is missing; a language of yours needs every text');
  expect(problems.length).toBeLessThanOrEqual(21);
  expect(signIn).toBeDefined();
});

test('a file that is no JSON is refused', () => {
  expect(read('{').problems).toEqual([expect.stringContaining('must name a JSON file such as {"en":')]);
});

test.each(shippedLanguages)('$lang has every text with the placeholders of the English one', (words) => {
  const english = new Map(flat(asJson(en)));
  const placeholders = (text = '') => text.match(/\{\w+\}/gu)?.toSorted() ?? [];
  for (const [path, text] of flat(asJson(words)))
    expect([path, placeholders(text)]).toEqual([path, placeholders(english.get(path))]);
});

test('every warning is a text of ours', () => {
  const paths = new Set(flat(asJson(en)).map(([path]) => path));
  expect([...warnings].filter((path) => !paths.has(path))).toEqual([]);
});
