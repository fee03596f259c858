import { lookOf } from '../../pages/look.ts';
import { en } from '../../pages/texts/en.ts';
import { textsFor } from '../../pages/texts/texts-for.ts';
import { describeScopes, type ScopeDescriptions } from './scope-descriptions.ts';

const brazilian = { ...en, lang: 'pt-BR' };
const texts = (lang: string) => textsFor([lang], lookOf({ languages: [en, brazilian] }));

test.each<[string, ScopeDescriptions[string], string]>([
  ['in the language of the page', { en: 'Mail', pt: 'Correio', 'pt-BR': 'E-mail' }, 'E-mail'],
  ['in that language as it is spoken anywhere', { en: 'Mail', pt: 'Correio' }, 'Correio'],
  ['in English, where there is none', { de: 'Post', en: 'Mail' }, 'Mail'],
  ['in any language, where there is no English either', { de: 'Post', fr: 'Courrier' }, 'Post'],
  ['in the one text that there is', 'Mail', 'Mail'],
])('a scope is described %s', (_, mail, told) => {
  expect(describeScopes('mail', { mail }, texts('pt-BR'))).toEqual([`${told} (mail)`]);
});

test('a scope without a description is shown as it is, and each of ours by our own', () => {
  expect(describeScopes('account  notes:read constructor', {}, texts('en'))).toEqual([
    'Your whole account (account)',
    'notes:read',
    'constructor',
  ]);
});
