import type { Brand } from './brand/brand.ts';
import { styleSheetOf } from './style-sheet.ts';
import type { Words } from './texts/en.ts';
import { shippedLanguages } from './texts/shipped-languages.ts';

/** What all pages of this service have in common: the operator's brand, and the languages to choose from. */
export interface Look {
  readonly brand: Brand;
  readonly languages: readonly Words[];
}

const ravi: Brand = {
  name: 'Ravi',
  logo: null,
  logoDark: null,
  favicon: null,
  style: styleSheetOf({}),
  links: {},
  notice: null,
};

/** The look with these parts of the operator's own, and ours for the rest. */
export function lookOf({ brand = ravi, languages = shippedLanguages }: Partial<Look> = {}): Look {
  return { brand, languages };
}
