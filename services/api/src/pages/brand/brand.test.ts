import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBrand } from './brand.ts';
import { contrast, inkOn } from './contrast.ts';

const folder = mkdtempSync(join(tmpdir(), 'ravi-brand-'));
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAYAAAD0In+KAAAADklEQVR4nGNgYGD4DwABBAEAX+XDSwAAAABJRU5ErkJggg==',
  'base64',
);
const svg =
  '<?xml version="1.0"?>\n<!-- a mark --><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"/>';

function file(name: string, content: Buffer | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const base = { BRAND_NAME: 'Example' } as const;
/** No setting of the brand but these. */
function read(values: Partial<Parameters<typeof readBrand>[0]>) {
  return readBrand({
    BRAND_LOGO_FILE: undefined,
    BRAND_LOGO_DARK_FILE: undefined,
    BRAND_FAVICON_FILE: undefined,
    BRAND_ACCENT: undefined,
    BRAND_ACCENT_DARK: undefined,
    TERMS_URL: undefined,
    PRIVACY_URL: undefined,
    NOTICE_TEXT: undefined,
    ...base,
    ...values,
  });
}

test('contrast is that of WCAG, and the text on a colour reads well on any', () => {
  expect(contrast('#000000', '#ffffff')).toBe(21);
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
  for (const color of ['#777777', '#ff0000', '#0000ff', '#808000', '#00ff00'] as const)
    expect(contrast(color, inkOn(color))).toBeGreaterThanOrEqual(4.5);
});

test('a colour that is hard to see on the page is refused, with its contrast and what to do', () => {
  expect(read({ BRAND_ACCENT: '#ffcc00', BRAND_ACCENT_DARK: '#ffcc00' }).problems).toEqual([
    expect.stringMatching(
      /^BRAND_ACCENT: #ffcc00 has a contrast of 1\.4 to the light page, and needs 3; choose a darker/,
    ),
  ]);
  expect(read({ BRAND_ACCENT: '#003366' }).problems).toEqual([
    expect.stringContaining('to the dark page, and needs 3; set BRAND_ACCENT_DARK to a lighter colour'),
  ]);
  const { brand, problems } = read({ BRAND_ACCENT: '#003366', BRAND_ACCENT_DARK: '#88bbff' });
  expect(problems).toEqual([]);
  expect(brand.style.text).toContain('--main:#003366;--main-ink:#ffffff;');
  expect(brand.style.text).toContain('--main:#88bbff;--main-ink:#000000;');
});

test('images are told by their content, and keep their shape', () => {
  const { brand, problems } = read({
    BRAND_LOGO_FILE: file('logo.svg', svg),
    BRAND_LOGO_DARK_FILE: file('any-name', png),
    BRAND_FAVICON_FILE: file('icon', Buffer.from([0, 0, 1, 0, 1, 0])),
  });
  expect(problems).toEqual([]);
  expect(brand.logo).toMatchObject({ contentType: 'image/svg+xml', aspectRatio: 2 });
  expect(brand.logoDark).toMatchObject({ contentType: 'image/png', aspectRatio: 2 });
  expect(brand.favicon).toMatchObject({ contentType: 'image/x-icon' });
  expect(brand.logo?.fileName).toMatch(/^logo-[0-9a-f]{16}\.svg$/);
});

test.each([
  ['a page', 'logo.png', '<!doctype html><svg></svg>', 'must be a PNG or SVG file'],
  ['an icon as logo', 'logo.ico', Buffer.from([0, 0, 1, 0, 1, 0]), 'must be a PNG or SVG file'],
  ['a large file', 'large.svg', svg + ' '.repeat(65_536), 'must have at most 65536 bytes'],
])('%s is refused as a logo', (_what, name, content, sentence) => {
  expect(read({ BRAND_LOGO_FILE: file(name, content) }).problems).toEqual([
    expect.stringMatching(new RegExp(`^BRAND_LOGO_FILE: ${sentence}`)),
  ]);
});

test('a file that is not there is named', () => {
  expect(read({ BRAND_FAVICON_FILE: '/nowhere/icon.png' }).problems).toEqual([
    'BRAND_FAVICON_FILE: must name a file that can be read; /nowhere/icon.png cannot',
  ]);
});
