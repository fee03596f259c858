import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { phrase } from './phrase.ts';
import { readTextsFile } from './texts-file.ts';

const ours = {
  lang: 'en',
  dir: 'ltr',
  title: 'Sign in',
  advice: 'Never share your code.',
  note: '',
  lines: 'Hello,\nhere is your link.',
  hello: phrase('Hello {name} from {place}'),
  steps: ['Open the page', 'Type the code'],
  parts: { first: 'One', second: 'Two' },
};
type Ours = typeof ours;

/** All of them in a language that we do not ship. */
const inDutch = {
  dir: 'ltr',
  title: 'Inloggen',
  advice: 'Deel uw code nooit.',
  lines: 'Hallo,\nhier is uw link.',
  hello: '{place} groet {name}',
  steps: ['Open de pagina', 'Typ de code'],
  parts: { first: 'Een', second: 'Twee' },
};

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'ravi-texts-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function read(content: unknown, path: readonly string[] = []) {
  const file = join(directory, 'texts.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return readFile(file, path);
}

function readFile(file: string, path: readonly string[] = []) {
  return readTextsFile<Ours>(file, {
    shipped: new Map([['en', ours]]),
    patternFor: (lang) => ({ ...ours, lang }),
    warnings: new Set(['advice']),
    // The texts of another service are not looked at.
    partOf: (texts) => Object.fromEntries(Object.entries(texts).filter(([name]) => name !== 'others')),
    path,
  });
}

test.each([
  [{ title: 'Log in' }],
  [{ title: 'x'.repeat(1_000) }],
  [{ dir: 'rtl' }],
  [{ dir: 'ltr' }],
  [{ note: '' }],
  [{ note: 'With our help.' }],
  [{ lines: 'One line' }],
  [{ lines: 'Two\nlines' }],
  [{ parts: { first: 'A', second: 'B' } }],
  [{}],
])('%j is taken, and what it does not name stays', (given) => {
  const { languages, problems } = read({ en: given });
  expect(problems).toEqual([]);
  expect(languages).toEqual(new Map([['en', { ...ours, ...given }]]));
});

test('so it is within a group, and what is for another service is not looked at', () => {
  const { languages, problems } = read({ en: { parts: { second: 'B' }, others: { title: 7 } } });
  expect(problems).toEqual([]);
  expect(languages).toEqual(new Map([['en', { ...ours, parts: { first: 'One', second: 'B' } }]]));
});

test('a text with placeholders has them in its own order, and each of a list may be changed', () => {
  const { languages, problems } = read({ en: { hello: '{place} greets {name}', steps: ['Go there'] } });
  expect(problems).toEqual([]);
  expect(languages.get('en')?.hello({ name: 'Ada', place: 'Nordhang' })).toBe('Nordhang greets Ada');
  expect(languages.get('en')?.steps).toEqual(['Go there', 'Type the code']);
});

const onOneLine = 'must be a text of 1 to 1000 characters on one line';

test.each([
  [{ titel: 'x' }, 'en.titel is no text of ours; did you mean title?'],
  [{ unheard: 'x' }, 'en.unheard is no text of ours'],
  [{ constructor: 'x' }, 'en.constructor is no text of ours'],
  [{ parts: { third: 'Three' } }, 'en.parts.third is no text of ours'],
  [{ lang: 'fr' }, 'en.lang comes from the name of the language'],
  [{ advice: 'Relax.' }, 'en.advice is a warning, and stays as it is'],
  [{ dir: 'up' }, 'en.dir must be "ltr" or "rtl"'],
  [{ title: 7 }, `en.title ${onOneLine}`],
  [{ title: '' }, `en.title ${onOneLine}`],
  [{ title: ' ' }, `en.title ${onOneLine}`],
  [{ title: null }, `en.title ${onOneLine}`],
  [{ title: ['Sign in'] }, `en.title ${onOneLine}`],
  [{ title: 'x'.repeat(1_001) }, `en.title ${onOneLine}`],
  [{ title: 'Two\nlines' }, `en.title ${onOneLine}`],
  [{ title: 'Two\u2028lines' }, `en.title ${onOneLine}`],
  [{ title: 'A\u0007bell' }, `en.title ${onOneLine}`],
  [{ title: 'Hi {name}' }, 'en.title has no placeholder {name}'],
  [{ note: ' ' }, `en.note ${onOneLine}`],
  [{ lines: '' }, 'en.lines must be a text of 1 to 1000 characters'],
  [{ lines: 'A\ttab\nand a line' }, 'en.lines must be a text of 1 to 1000 characters'],
  [{ hello: 7 }, `en.hello ${onOneLine}`],
  [{ hello: 'Hello {name}\nfrom {place}' }, `en.hello ${onOneLine}`],
  [{ hello: 'Hello {name}' }, 'en.hello lacks {place}'],
  [{ hello: 'Hello {name} from {place} at {time}' }, 'en.hello has no placeholder {time}'],
  [{ steps: 'Open' }, 'en.steps must be a list of texts'],
  [{ steps: null }, 'en.steps must be a list of texts'],
  [{ steps: { 0: 'Open' } }, 'en.steps must be a list of texts'],
  [{ steps: ['Open the page', 'Type the code', 'Wait'] }, 'en.steps.2 is no text of ours'],
  [{ parts: 'One' }, 'en.parts must be an object of texts'],
  [{ parts: null }, 'en.parts must be an object of texts'],
  [{ parts: ['One', 'Two'] }, 'en.parts must be an object of texts'],
  [null, 'en must be an object of texts'],
  ['Sign in', 'en must be an object of texts'],
])('%j is refused with a sentence, and the text stays as it was', (given, sentence) => {
  const { languages, problems } = read({ en: given });
  expect(problems).toEqual([sentence]);
  expect(languages).toEqual(new Map([['en', ours]]));
});

test('a language that we do not ship has every text of its own, its warnings too; what we leave empty may stay so', () => {
  const { languages, problems } = read({ nl: inDutch });
  expect(problems).toEqual([]);
  const { hello, ...texts } = languages.get('nl') ?? ours;
  expect(texts).toEqual({ ...inDutch, hello: undefined, lang: 'nl', note: '' });
  expect(hello({ name: 'Ada', place: 'Nordhang' })).toBe('Nordhang groet Ada');
  expect(languages.get('en')).toBe(ours);
});

test('each text that such a language lacks is named, with where it stands', () => {
  const missing = (name: string) => `nl.mails.${name} is missing; a language of yours needs every text`;
  expect(read({ nl: {} }, ['mails']).problems).toEqual(
    [
      'lang',
      'dir',
      'title',
      'advice',
      'lines',
      'hello',
      'steps.0',
      'steps.1',
      'parts.first',
      'parts.second',
    ].map(missing),
  );
  expect(read({ nl: { ...inDutch, parts: { first: 'Een' } } }).problems).toEqual([
    'nl.parts.second is missing; a language of yours needs every text',
  ]);
});

test.each(['nl', 'gsw', 'pt-BR', 'zh-Hant-TW'])('%s is a language', (lang) => {
  const { languages, problems } = read({ [lang]: inDutch });
  expect(problems).toEqual([]);
  expect([...languages.keys()]).toEqual(['en', lang]);
});

test.each(['English', 'n', 'NL', 'nl_BE', 'nl-', 'nl-B', '', 'pt-BRA', 'en-12'])(
  '%j is none, and nothing of it is taken',
  (lang) => {
    const { languages, problems } = read({ [lang]: inDutch });
    expect(problems).toEqual([`"${lang}" is no language such as "nl" or "pt-BR"`]);
    expect([...languages.keys()]).toEqual(['en']);
  },
);

test('the first twenty problems are told, and the others counted', () => {
  const unknown = (count: number) =>
    read({ en: Object.fromEntries(Array.from({ length: count }, (_, at) => [`unheard${at}`, 'x'])) })
      .problems;
  expect(unknown(20)).toHaveLength(20);
  expect(unknown(20).at(-1)).toBe('en.unheard19 is no text of ours');
  expect(unknown(22)).toEqual([...unknown(20), 'has 2 more such problems']);
});

test.each([
  ['is missing', null],
  ['is no JSON', '{'],
  ['is a list', '[]'],
  ['is a text', '"en"'],
])('a file that %s is refused, and all texts stay', (_, content) => {
  const file = join(directory, 'given.json');
  if (content !== null) writeFileSync(file, content);
  expect(readFile(file)).toEqual({
    languages: new Map([['en', ours]]),
    problems: [`must name a JSON file such as {"en": {"signIn": {"title": "..."}}}; ${file} is none`],
  });
});
