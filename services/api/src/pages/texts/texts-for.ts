import { de } from './de.ts';
import { en, type Texts } from './en.ts';

export type { Texts } from './en.ts';

const languages: Readonly<Record<string, Texts>> = { en, de };

/**
 * The texts in the first language that exists, English when none does. `de-AT` finds `de`.
 *
 * @param wanted language tags, the most wanted first, as an `Accept-Language` parser returns them
 */
export function textsFor(wanted: readonly string[]): Texts {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split('-')[0] ?? '';
    const texts = Object.hasOwn(languages, language) ? languages[language] : undefined;
    if (texts) return texts;
  }
  return en;
}
