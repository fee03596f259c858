import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import type { MailTexts } from './mail-texts.ts';

const byLanguage = { en, de, es, fr };

/** The texts of every language in which mails are written, English first. */
export const allMailTexts: readonly MailTexts[] = Object.values(byLanguage);

/** The texts in this language, such as `fr` or `fr-CA`; in English where there are none. */
export function mailTextsFor(language: string): MailTexts {
  const primary = language.toLowerCase().split('-')[0] ?? '';
  return Object.entries(byLanguage).find(([name]) => name === primary)?.[1] ?? en;
}
