import { type SettingList, textVariable } from '@ravi/runtime';
import { z } from 'zod';

const colorVariable = z
  .string()
  .regex(/^#[0-9a-f]{6}$/i, 'must be a colour such as #1b5a45')
  .transform((color): `#${string}` => `#${color.slice(1).toLowerCase()}`);

const pageUrlVariable = z.url({
  protocol: /^https?$/,
  error: 'must be a URL such as https://example.com/terms',
});

/** What an operator makes their own of the pages, besides what mails show too. */
export const brandSettings = {
  BRAND_LOGO_FILE: {
    parser: textVariable,
    otherwise: 'the sun',
    help: 'Your mark in the head of every page, beside the name: a PNG or SVG file of at most 64 KB. Shown 28 pixels high, and at most 160 wide.',
  },
  BRAND_LOGO_DARK_FILE: {
    parser: textVariable,
    otherwise: 'BRAND_LOGO_FILE',
    help: 'The same for people whose system is dark.',
  },
  BRAND_FAVICON_FILE: {
    parser: textVariable,
    otherwise: 'the sun',
    help: "The icon of the browser's tab: a PNG, SVG or ICO file of at most 64 KB.",
  },
  BRAND_ACCENT: {
    parser: colorVariable,
    otherwise: 'none',
    help: 'The colour of main buttons, of lines under links, and of the sun: `#0b5fa5`. Its contrast to the light page must be at least 3. Few colours also have 3 to the dark page: set BRAND_ACCENT_DARK too. The text on it is black or white, whichever reads better. "Approve", "Deny", problems and warnings keep their colours.',
  },
  BRAND_ACCENT_DARK: {
    parser: colorVariable,
    otherwise: 'BRAND_ACCENT',
    help: 'The same for people whose system is dark: `#7cc0f5` beside `#0b5fa5`.',
  },
  TERMS_URL: {
    parser: pageUrlVariable,
    otherwise: 'none',
    help: 'Your terms, linked at the foot of every page.',
  },
  PRIVACY_URL: {
    parser: pageUrlVariable,
    otherwise: 'none',
    help: 'Your privacy notice, linked at the foot of every page.',
  },
  NOTICE_TEXT: {
    parser: z
      .string()
      .regex(/^[^\p{C}\p{Zl}\p{Zp}]{1,300}$/u, 'must be one line of plain text of at most 300 characters'),
    otherwise: 'none',
    help: 'A sentence at the foot of every page, as plain text, such as: `Use of this system is logged.`',
  },
} satisfies SettingList;
