import type { Brand } from './brand/brand.ts';
import type { BrandImage } from './brand/brand-image.ts';
import { styleSheetOf } from './style-sheet.ts';
import type { Words } from './texts/en.ts';
import { shippedLanguages } from './texts/shipped-languages.ts';

/** What all pages of this service have in common: the operator's brand, the languages to choose from, and what there is to link to. */
export interface Look {
  readonly brand: Brand;
  readonly languages: readonly Words[];
  /** Whether people sign in with a password here: then they have a page of their second factors. */
  readonly passwords: boolean;
  /** Further images of the operator, which pages show. */
  readonly images: readonly BrandImage[];
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
export function lookOf({
  brand = ravi,
  languages = shippedLanguages,
  passwords = true,
  images = [],
}: Partial<Look> = {}): Look {
  return { brand, languages, passwords, images };
}
