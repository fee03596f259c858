// Lives here: what all pages share: layout, fields, texts, style, brand, the choice of a language.
// Lives elsewhere: the pages of a feature (its `pages` folder).
import type { Feature } from '../http/feature.ts';
import { HostCookies } from '../http/host-cookies.ts';
import { serveBrandImage } from './brand/serve-image.ts';
import { chooseLanguage } from './language-switch.ts';
import type { Look } from './look.ts';
import { paths } from './paths.ts';

/** The parts of the pages that belong to no feature: the operator's images, and the switch of languages. */
export function createPages(config: { readonly look: Look; readonly publicUrl: string }): Feature {
  const { look, publicUrl } = config;
  return {
    mount({ router }) {
      router.get(`${paths.brand}/:file`, serveBrandImage(look));
      router.get(`${paths.language}/:language`, chooseLanguage(look, new HostCookies(publicUrl), publicUrl));
    },
  };
}
