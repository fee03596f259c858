import { undoMs } from '@ravi/accounts';
import { accountMail } from './account-mail.ts';
import { approvalMail } from './approval-notice.ts';
import { en } from './texts/en.ts';
import type { MailTexts } from './texts/mail-texts.ts';
import { mailTextsFor, shippedMailLanguages } from './texts/mail-texts-for.ts';
import { unusedMail } from './unused-notice.ts';

const link = 'https://login.example.com/account/security';
const kinds = Object.keys(en.account) as (keyof MailTexts['account'])[];
const facts = {
  address: '192.0.2.7',
  userAgent: 'Firefox/140.0 https://evil.example',
  atMs: Date.UTC(2026, 4, 3, 2, 1),
  link,
};

describe.each([
  ['en', 'When:', 'A program was given access'],
  ['de-AT', 'Wann:', 'Ein Programm hat Zugang'],
  ['fr', 'Quand :', 'Un programme a reçu'],
  ['es-MX', 'Cuándo:', 'Un programa ha recibido'],
  ['nl', 'When:', 'A program was given access'],
])('a mail for a reader of %s', (language, when, approved) => {
  test.each(kinds)('about %s is in that language, with one link, when, from where and with what', (kind) => {
    const { subject, text } = accountMail(kind, { ...facts, language }, shippedMailLanguages);
    expect(subject.length).toBeGreaterThan(10);
    expect(text).toContain(`${when} `);
    expect(text).toContain('2026-05-03 02:01 (UTC)');
    expect(text).toContain('192.0.2.7');
    expect(text).toContain('Firefox/140.0 https evil. example');
    expect(text.match(/:\/\//g)).toHaveLength(1);
    expect(text).toContain(`\n\n${link}\n`);
  });

  test('about what can be undone says so in place of other advice, with that link alone', () => {
    const undo = 'https://login.example.com/account/undo?link=1.secret';
    const told = { ...facts, link: undo, undoes: true, language };
    const { undo: words, account } = mailTextsFor(language, shippedMailLanguages);
    const { text } = accountMail('providerUnlinked', told, shippedMailLanguages);
    for (const part of [account.providerUnlinked.lead, words.lead, undo, words.afterLink])
      expect(text).toContain(part);
    expect(text).not.toContain(account.providerUnlinked.ifNot);
    expect(words.afterLink.match(/\d+/g)).toEqual([String(undoMs / 86_400_000)]);
    expect(text.match(/:\/\//g)).toHaveLength(1);
  });

  test('about an approval is, too, and gives the program no line of its own', () => {
    const about = { about: 'approval', userId: 1, approvedAtMs: facts.atMs } as const;
    const claims = { clientName: 'x\nBcc: you', address: '192.0.2.7', userAgent: '' };
    const { subject, text } = approvalMail(
      { ...about, ...claims, language },
      'https://login.example.com',
      shippedMailLanguages,
    );
    expect(subject).toContain(approved);
    expect(text).toContain('"x Bcc: you" (');
    expect(text.match(/:\/\//g)).toHaveLength(1);
  });
});

test('no language has a subject or a sentence of another', () => {
  const said = [...shippedMailLanguages.values()].flatMap(({ account, approval, unused }) =>
    [...Object.values(account), approval, unused].flatMap(({ subject, lead }) => [subject, lead]),
  );
  expect(new Set(said).size).toBe(said.length);
});

const unused = {
  about: 'unused',
  userId: 1,
  grantId: 'g',
  accountEpoch: '1',
  neededIdentity: '',
  clientName: '',
  createdAtMs: facts.atMs,
  lastUsedAtMs: null,
} as const;
const unusedIn = (language: string) =>
  unusedMail(unused, 'https://login.example.com', language, shippedMailLanguages);

test('that a login ended unused is told in the language in which its human read our pages last; in every one where that is not known', () => {
  const { subject, text } = unusedIn('');
  for (const { unused: t, unnamed, notVerified } of shippedMailLanguages.values()) {
    expect(subject).toContain(t.subject);
    expect(text).toContain(t.lead);
    expect(text).toContain(`${t.labels.name}${unnamed} (${notVerified})`);
  }
  const inFrench = unusedIn('fr');
  expect(inFrench.subject).toBe(shippedMailLanguages.get('fr')?.unused.subject);
  expect(inFrench.text).not.toContain(en.unused.lead);
});

test('the facts of a program stand below each other: its name, from where, with what, when it was approved and used', () => {
  const origin = 'https://login.example.com';
  const claims = { clientName: 'Build helper', address: '192.0.2.7', userAgent: 'ravi/1.4' };
  const approval = { about: 'approval', userId: 1, approvedAtMs: facts.atMs, language: 'en' } as const;
  const approved = (more: object) =>
    approvalMail({ ...approval, ...claims, ...more }, origin, shippedMailLanguages).text.split('\n');
  const told = approved({});
  expect(told.slice(2, 6)).toEqual([
    '  Calls itself: "Build helper" (not verified)',
    '  Asked from:   192.0.2.7',
    '  Software:     ravi/1.4',
    '  Approved:     2026-05-03 02:01 (UTC)',
  ]);
  expect(told.slice(-2)).toEqual([`${origin}/account/programs`, '']);
  expect(approved({ clientName: '\u202e', userAgent: '' }).slice(2, 5)).toEqual([
    '  Calls itself: (it gave no name) (not verified)',
    '  Asked from:   192.0.2.7',
    '  Software:     -',
  ]);
  const ended = (more: object) =>
    unusedMail({ ...unused, ...more }, origin, 'en', shippedMailLanguages).text.split('\n');
  const used = { clientName: 'me@evil.example', lastUsedAtMs: facts.atMs + 60_000 };
  expect(ended(used).slice(2, 5)).toEqual([
    '  Calls itself: "me @ evil. example" (not verified)',
    '  Approved:     2026-05-03 02:01 (UTC)',
    '  Last used:    2026-05-03 02:02 (UTC)',
  ]);
  expect(ended({}).slice(2, 5)).toEqual([
    '  Calls itself: (it gave no name) (not verified)',
    '  Approved:     2026-05-03 02:01 (UTC)',
    '  Last used:    -',
  ]);
  expect(ended({}).slice(-2)).toEqual([`${origin}/account/programs`, '']);
});
