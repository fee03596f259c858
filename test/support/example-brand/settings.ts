import { join } from 'node:path';

const file = (name: string) => join(import.meta.dirname, name);

/** The settings of an operator who has made the pages their own. */
export const exampleBrand = {
  BRAND_NAME: 'Nordhang Energie',
  BRAND_LOGO_FILE: file('logo.svg'),
  BRAND_LOGO_DARK_FILE: file('logo-dark.svg'),
  BRAND_FAVICON_FILE: file('logo.svg'),
  BRAND_ACCENT: '#0b5fa5',
  BRAND_ACCENT_DARK: '#7cc0f5',
  TERMS_URL: 'https://example.com/terms',
  PRIVACY_URL: 'https://example.com/privacy',
  IMPRINT_URL: 'https://example.com/imprint',
  SUPPORT_URL: 'mailto:help@example.com',
  NOTICE_TEXT: 'Sign-ins are logged & kept for 90 days.',
  TEXTS_FILE: file('texts.json'),
} as const;
