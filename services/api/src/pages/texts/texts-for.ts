import { type Look, lookOf } from '../look.ts';
import type { Words } from './en.ts';
import { shippedLanguages } from './shipped-languages.ts';

/** The words of a language, and with them what all pages of this service have: brand and other languages. */
export type Texts = Words & { readonly look: Look };

const unbranded = lookOf();

/** The texts in the language that `languageFor` finds. */
export function textsFor(wanted: readonly string[], look: Look = unbranded): Texts {
  return { ...languageFor(wanted, look), look };
}

/** The most languages that are looked for, more than any browser asks for: a header has room for thousands. */
const maxWanted = 50;

/**
 * The first language that exists, English when none does. `de-AT` finds `de`, and `pt` finds `pt-BR`.
 *
 * @param wanted language tags, the most wanted first, as an `Accept-Language` parser returns them
 */
export function languageFor(
  wanted: readonly string[],
  { languages }: Pick<Look, 'languages'> = unbranded,
): Words {
  const find = (matches: (lang: string) => boolean) =>
    languages.find(({ lang }) => matches(lang.toLowerCase()));
  for (const tag of wanted.slice(0, maxWanted)) {
    const wantedTag = tag.toLowerCase();
    const [primary = ''] = wantedTag.split('-');
    const found =
      find((lang) => lang === wantedTag) ??
      find((lang) => lang === primary) ??
      find((lang) => lang.split('-')[0] === primary);
    if (found) return found;
  }
  return find((lang) => lang === 'en') ?? shippedLanguages[0];
}
