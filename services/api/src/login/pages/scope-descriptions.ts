import { isLanguage } from '@ravi/runtime';
import { z } from 'zod';
import type { Texts } from '../../pages/texts/texts-for.ts';

/** What people are told of a scope: one text, or one for each language. */
const description = z.string().trim().min(1).max(120);
export const scopeDescriptionList = z.record(
  z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/, 'must be a scope such as "notes:read"'),
  z.union(
    [description, z.record(z.string().refine(isLanguage), description)],
    'must be a text, or one for each language such as {"en": "Read your notes"}',
  ),
);
export type ScopeDescriptions = z.infer<typeof scopeDescriptionList>;

/** What a program asks for, a line for each scope: the operator's description, or ours, with the scope itself; else the scope alone. */
export function describeScopes(
  scope: string,
  descriptions: ScopeDescriptions,
  texts: Texts,
): readonly string[] {
  return scope
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      const text = describe(word, descriptions, texts);
      return text === undefined ? word : `${text} (${word})`;
    });
}

function describe(word: string, descriptions: ScopeDescriptions, texts: Texts): string | undefined {
  const given = Object.hasOwn(descriptions, word) ? descriptions[word] : undefined;
  if (typeof given === 'string') return given;
  const [primary = ''] = texts.lang.split('-');
  if (given !== undefined)
    return given[texts.lang] ?? given[primary] ?? given['en'] ?? Object.values(given)[0];
  const { scopes } = texts.confirm;
  return word === 'account' || word === 'identity' ? scopes[word] : undefined;
}
