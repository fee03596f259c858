import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBrand } from './brand.ts';
import { contrast, inkOn } from './contrast.ts';
import { logo } from './logo-markup.ts';
import { styleSheetOf } from '../style-sheet.ts';

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
  expect(contrast('#0a0a0a', '#ffffff')).toBeCloseTo(19.8, 1);
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

const doctype =
  '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">';
test.each([
  ['nothing before it', ''],
  ['a mark of its encoding, and blanks', '\uFEFF \n'],
  ['a document type, as Inkscape writes', `<?xml version="1.0" standalone="no"?>\n${doctype}\n`],
  ['a document type with entities, as Illustrator writes', '<!DOCTYPE svg [ <!ENTITY ns "http://x/"> ]>'],
  [
    'a long comment and a style sheet',
    `<!-- > ${'x'.repeat(9_000)} -- -->\n<?xml-stylesheet href="x"?><!---->`,
  ],
])('an SVG is one with %s', (_what, before) => {
  const { brand, problems } = read({
    BRAND_LOGO_FILE: file('logo', `${before}<svg viewBox = '-1,-2.5 ,40 20 '>`),
  });
  expect(problems).toEqual([]);
  expect(brand.logo).toMatchObject({ contentType: 'image/svg+xml', aspectRatio: 2 });
});

test('a mark is as wide as its shape, up to 160 pixels, and a square where the file does not say', () => {
  const widthOf = (box: string) =>
    /width="(\d+)" height="28"/.exec(
      logo(read({ BRAND_LOGO_FILE: file('logo', `<svg ${box}/>`) }).brand),
    )?.[1];
  expect(widthOf('viewBox="0 0 40 20"')).toBe('56');
  expect(widthOf('viewBox="0 0 1000 10"')).toBe('160');
  for (const none of ['', 'viewBox="0 0 10 0"', 'viewBox="0 0 0 10"', 'viewBox="all"'])
    expect(widthOf(none)).toBe('28');
});

test('the mark for dark systems takes the place of the other one there; without a mark there is none', () => {
  const { brand } = read({ BRAND_LOGO_FILE: file('a', svg), BRAND_LOGO_DARK_FILE: file('b', png) });
  expect(logo(brand)).toMatch(
    /^<picture\s*><source media="\(prefers-color-scheme: dark\)" srcset="\/brand\/logo-dark-[0-9a-f]{16}\.png" \/><img class="logo" src="\/brand\/logo-[0-9a-f]{16}\.svg"/,
  );
  expect(logo(read({ BRAND_LOGO_FILE: file('a', svg) }).brand)).not.toContain('<source');
  expect(logo(read({}).brand)).toBe('');
});

test('the name, the links and the sentence at the foot are as they were set; what was not set is not there', () => {
  const links = {
    TERMS_URL: 'https://t/',
    PRIVACY_URL: 'https://p/',
    IMPRINT_URL: 'https://i/',
    SUPPORT_URL: 'mailto:s',
  };
  const { brand } = read({ ...links, NOTICE_TEXT: 'Use is logged.' });
  expect(brand).toMatchObject({ name: 'Example', notice: 'Use is logged.' });
  expect(Object.values(brand.links)).toEqual(Object.values(links));
  expect(read({}).brand).toMatchObject({ notice: null, logo: null, logoDark: null, favicon: null });
});

test('another image has another address', () => {
  const nameOf = (content: string) => read({ BRAND_LOGO_FILE: file('same', content) }).brand.logo?.fileName;
  expect(nameOf(svg)).toBe(nameOf(svg));
  expect(nameOf(svg)).not.toBe(nameOf(`${svg} `));
});

test('what is for dark systems alone is refused: people with light ones would have nothing', () => {
  expect(read({ BRAND_LOGO_DARK_FILE: file('b', png), BRAND_ACCENT_DARK: '#88bbff' }).problems).toEqual([
    'BRAND_LOGO_DARK_FILE: needs BRAND_LOGO_FILE, for people whose system is light',
    'BRAND_ACCENT_DARK: needs BRAND_ACCENT, for people whose system is light',
  ]);
  expect(read({ BRAND_ACCENT: '#003366', BRAND_ACCENT_DARK: '#222222' }).problems).toEqual([
    expect.stringMatching(
      /^BRAND_ACCENT_DARK: #222222 has a contrast of 1\.\d to the dark page.*choose a lighter/,
    ),
  ]);
});

test('one colour that is seen on both pages is enough, and without one the pages have ours', () => {
  const { brand, problems } = read({ BRAND_ACCENT: '#0b7fa5' });
  expect(problems).toEqual([]);
  const own = '--sun:#0b7fa5;--main:#0b7fa5;--main-ink:#000000;';
  expect(brand.style.text.match(/--sun:#0b.*;--main-ink:#\w+;/gu)).toEqual([own, own]);
  expect(brand.style.hash).not.toBe(read({}).brand.style.hash);
  expect(read({}).brand.style).toEqual(styleSheetOf({}));
});

test.each([
  ['a page', 'logo.png', '<!doctype html><svg></svg>', 'must be a PNG or SVG file'],
  ['an icon as logo', 'logo.ico', Buffer.from([0, 0, 1, 0, 1, 0]), 'must be a PNG or SVG file'],
  ['a page after comments', 'logo.svg', '<!-- <svg> -->'.repeat(500) + '<html>', 'must be a PNG or SVG file'],
  ['an empty file', 'logo.svg', '', 'must be a PNG or SVG file'],
  ['the beginning of a PNG', 'logo.png', png.subarray(0, 24), 'must be a PNG or SVG file'],
  ['a large file', 'large.svg', svg.padEnd(65_537), 'must have at most 65536 bytes; .* has 65537'],
])('%s is refused as a logo', (_what, name, content, sentence) => {
  expect(read({ BRAND_LOGO_FILE: file(name, content) }).problems).toEqual([
    expect.stringMatching(new RegExp(`^BRAND_LOGO_FILE: ${sentence}`)),
  ]);
});

test('a file may have 64 KB', () => {
  expect(read({ BRAND_LOGO_FILE: file('large.svg', svg.padEnd(65_536)) }).problems).toEqual([]);
});

test('an icon may be of three kinds, and each other file is told so', () => {
  expect(read({ BRAND_FAVICON_FILE: file('icon', 'GIF89a') }).problems).toEqual([
    expect.stringMatching(/^BRAND_FAVICON_FILE: must be a PNG or SVG or ICO file; .*icon is none$/),
  ]);
});

test('a file that is not there is named', () => {
  expect(read({ BRAND_FAVICON_FILE: '/nowhere/icon.png' }).problems).toEqual([
    'BRAND_FAVICON_FILE: must name a file that can be read; /nowhere/icon.png cannot',
  ]);
});
