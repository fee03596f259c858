import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { en } from './en.ts';
import { mailTextsFor, readMailTexts } from './mail-texts-for.ts';
import { warnings } from './warnings.ts';

const path = join(mkdtempSync(join(tmpdir(), 'ravi-mail-texts-')), 'texts.json');

function read(content: unknown) {
  writeFileSync(path, JSON.stringify(content));
  return readMailTexts(path);
}

/** All mails in a made-up language. */
const inDutch = JSON.parse(JSON.stringify(en).replaceAll('Your', 'Uw')) as typeof en;

test('a file changes the texts of mails that it names, and adds a language; what it says of pages is not looked at', () => {
  const subject = 'A new password for Nordhang';
  const { languages, problems } = read({
    en: { signIn: { title: 'Log in' }, mails: { account: { reset: { subject } } } },
    'nl-BE': { signIn: {}, mails: inDutch },
  });
  expect(problems).toEqual([]);
  expect(mailTextsFor('en-GB', languages).account.reset).toEqual({ ...en.account.reset, subject });
  expect(mailTextsFor('en', languages).unused).toEqual(en.unused);
  for (const tag of ['nl-BE', 'nl', 'nl-NL'])
    expect(mailTextsFor(tag, languages).account.signedIn.lead).toBe(inDutch.account.signedIn.lead);
  expect(mailTextsFor('it', languages).account.reset.subject).toBe(subject);
});

test.each([
  [
    { en: { mails: { account: { rest: {} } } } },
    'en.mails.account.rest is no text of ours; did you mean reset?',
  ],
  [
    { de: { mails: { approval: { lead: 'Ja.' } } } },
    'de.mails.approval.lead is a warning, and stays as it is',
  ],
  [
    { fr: { mails: { account: { signedIn: { lead: 'Oui.' } } } } },
    'fr.mails.account.signedIn.lead is a warning, and stays as it is',
  ],
  [
    { en: { mails: { account: { reset: { subject: 'Two\nlines' } } } } },
    'en.mails.account.reset.subject must be a text of 1 to 1000 characters on one line',
  ],
  [{ en: { mails: { unnamed: '{name}' } } }, 'en.mails.unnamed has no placeholder {name}'],
  [{ en: { mails: 'none' } }, 'en.mails must be an object of texts'],
  [
    { nl: { mails: { ...inDutch, unnamed: undefined } } },
    'nl.mails.unnamed is missing; a language of yours needs every text',
  ],
])('%j is refused', (content, sentence) => {
  expect(read(content).problems).toEqual([sentence]);
});

test('a language whose mails are missing is refused, and every warning is a text of ours', () => {
  expect(read({ nl: { signIn: {} } }).problems[0]).toMatch(/^nl\.mails\.labels\.when is missing/);
  for (const path of warnings)
    expect([
      path,
      path
        .split('.')
        .slice(1)
        .reduce<unknown>((texts, name) => Reflect.get(Object(texts), name), en),
    ]).toEqual([path, expect.any(String)]);
});
