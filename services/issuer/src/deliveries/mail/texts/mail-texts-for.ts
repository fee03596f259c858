import { readTextsFile } from '@ravi/runtime';
import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import type { MailTexts } from './mail-texts.ts';
import { warnings } from './warnings.ts';

/** The texts of every language in which mails are written, by its tag; English first. */
export type MailLanguages = ReadonlyMap<string, MailTexts>;

/** The languages that we ship. */
export const shippedMailLanguages: MailLanguages = new Map(Object.entries({ en, de, es, fr }));

/** Reads the texts of the mails, `mails` of each language, from a `TEXTS_FILE`. One sentence for each problem. */
export function readMailTexts(path: string): {
  readonly languages: MailLanguages;
  readonly problems: readonly string[];
} {
  return readTextsFile<MailTexts>(path, {
    shipped: shippedMailLanguages,
    patternFor: () => en,
    warnings,
    partOf: ({ mails }) => mails,
    path: ['mails'],
  });
}

/** The texts in this language, such as `fr` or `fr-CA`; in English where there are none. */
export function mailTextsFor(language: string, languages: MailLanguages): MailTexts {
  const wanted = language.toLowerCase();
  const primary = wanted.split('-')[0] ?? '';
  const find = (matches: (tag: string) => boolean) =>
    [...languages].find(([tag]) => matches(tag.toLowerCase()))?.[1];
  return (
    find((tag) => tag === wanted) ??
    find((tag) => tag === primary) ??
    find((tag) => tag.split('-')[0] === primary) ??
    languages.get('en') ??
    en
  );
}
