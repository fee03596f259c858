import type { SettingValues } from '@ravi/runtime';
import { papers, styleSheetOf } from '../style-sheet.ts';
import { type BrandImage, readBrandImage } from './brand-image.ts';
import type { brandSettings } from './brand-settings.ts';
import { contrast, type HexColor, inkOn } from './contrast.ts';

/** What the pages have of an operator: name, images, colours, links and one sentence. Never markup or style of theirs. */
export interface Brand {
  readonly name: string;
  readonly logo: BrandImage | null;
  readonly logoDark: BrandImage | null;
  readonly favicon: BrandImage | null;
  /** The one style sheet of all pages, and its name in a policy. */
  readonly style: ReturnType<typeof styleSheetOf>;
  readonly links: BrandLinks;
  readonly notice: string | null;
}

/** The operator's own pages, linked at the foot. */
export interface BrandLinks {
  readonly terms?: string | undefined;
  readonly privacy?: string | undefined;
  readonly imprint?: string | undefined;
  readonly support?: string | undefined;
}

type BrandValues = SettingValues<typeof brandSettings> & {
  readonly BRAND_NAME: string;
  readonly IMPRINT_URL?: string | undefined;
  readonly SUPPORT_URL?: string | undefined;
};

/** The lowest contrast of a button or a line to what is around it. (WCAG 2.2, 1.4.11) */
const minContrast = 3;

/** The brand of these settings, and one sentence for each problem, such as a colour that nobody could see. */
export function readBrand(values: BrandValues): {
  readonly brand: Brand;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  const image = (
    setting: 'BRAND_LOGO_FILE' | 'BRAND_LOGO_DARK_FILE' | 'BRAND_FAVICON_FILE',
    name: string,
  ) => {
    const path = values[setting];
    if (path === undefined) return null;
    try {
      return readBrandImage(path, name, { icon: setting === 'BRAND_FAVICON_FILE' });
    } catch (error) {
      problems.push(`${setting}: ${error instanceof Error ? error.message : 'is not usable'}`);
      return null;
    }
  };
  if (values.BRAND_LOGO_DARK_FILE !== undefined && values.BRAND_LOGO_FILE === undefined) {
    problems.push('BRAND_LOGO_DARK_FILE: needs BRAND_LOGO_FILE, for people whose system is light');
  }
  problems.push(...accentProblems(values));
  const light = values.BRAND_ACCENT;
  const dark = values.BRAND_ACCENT_DARK ?? light;
  const brand: Brand = {
    name: values.BRAND_NAME,
    logo: image('BRAND_LOGO_FILE', 'logo'),
    logoDark: image('BRAND_LOGO_DARK_FILE', 'logo-dark'),
    favicon: image('BRAND_FAVICON_FILE', 'favicon'),
    style: styleSheetOf({
      ...(light && { light: { accent: light, ink: inkOn(light) } }),
      ...(dark && { dark: { accent: dark, ink: inkOn(dark) } }),
    }),
    links: {
      terms: values.TERMS_URL,
      privacy: values.PRIVACY_URL,
      imprint: values.IMPRINT_URL,
      support: values.SUPPORT_URL,
    },
    notice: values.NOTICE_TEXT ?? null,
  };
  return { brand, problems };
}

function accentProblems({ BRAND_ACCENT: light, BRAND_ACCENT_DARK: dark }: BrandValues): string[] {
  const found: string[] = [];
  if (dark !== undefined && light === undefined)
    found.push('BRAND_ACCENT_DARK: needs BRAND_ACCENT, for people whose system is light');
  const check = (setting: string, color: HexColor, system: keyof typeof papers, instead: string) => {
    const lowest = Math.min(...papers[system].map((paper) => contrast(color, paper)));
    if (lowest >= minContrast) return;
    found.push(
      `${setting}: ${color} has a contrast of ${lowest.toFixed(1)} to the ${system} page, and needs ${minContrast}; ${instead}`,
    );
  };
  if (light !== undefined) check('BRAND_ACCENT', light, 'light', 'choose a darker colour');
  if (dark !== undefined) check('BRAND_ACCENT_DARK', dark, 'dark', 'choose a lighter colour');
  else if (light !== undefined)
    check('BRAND_ACCENT', light, 'dark', 'set BRAND_ACCENT_DARK to a lighter colour');
  return found;
}
