import { readTextsFile } from '@ravi/runtime';
import { en, type Words } from './en.ts';
import { shippedLanguages } from './shipped-languages.ts';
import { warnings } from './warnings.ts';

/** Reads the texts of the pages from a `TEXTS_FILE`; those of the mails are the issuer's. One sentence for each problem. */
export function readPageTexts(path: string): {
  readonly languages: readonly Words[];
  readonly problems: readonly string[];
} {
  const { languages, problems } = readTextsFile<Words>(path, {
    shipped: new Map(shippedLanguages.map((words) => [words.lang, words])),
    patternFor: (lang) => ({ ...en, lang }),
    warnings,
    partOf: (texts) => Object.fromEntries(Object.entries(texts).filter(([name]) => name !== 'mails')),
    path: [],
  });
  return { languages: [...languages.values()], problems };
}
