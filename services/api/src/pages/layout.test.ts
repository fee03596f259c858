import { wordsOf } from '../../../../test/support/browser-visit.ts';
import { factList, fact, monoFact } from './facts.ts';
import { type Layout, layout } from './layout.ts';
import { lookOf } from './look.ts';
import { problemNote } from './problem-note.ts';
import { problemText } from './problem-text.ts';
import { qrCode } from './qr-code.ts';
import { largeCode, pendingCodeLine } from './shown-code.ts';
import { iconHref, sun } from './sun.ts';
import { textsFor } from './texts/texts-for.ts';
import { phrase } from '@ravi/runtime';

const { brand } = lookOf();
const image = (fileName: string) => ({
  fileName,
  contentType: 'image/png',
  bytes: Buffer.alloc(0),
  aspectRatio: 2,
});
const page = (parts: Partial<Layout> = {}, look: Parameters<typeof lookOf>[0] = {}) =>
  layout({ title: 'A <title>', body: '<h1>Body</h1>', ...parts }, textsFor(['en'], lookOf(look)));
const headOf = (html: string) => html.slice(html.indexOf('<header>'), html.indexOf('</header>'));
const footOf = (html: string) => html.slice(html.indexOf('<footer'));

test('a page says what it is and whose, in the window and at its head, and asks machines to leave it alone', () => {
  const html = page({}, { brand: { ...brand, name: 'Nord & Co' } });
  expect(html).toMatch(/^<!doctype html>\s*<html lang="en" dir="ltr">/u);
  expect(html).toContain('<title>A &#60;title&#62; – Nord &#38; Co</title>');
  expect(page({ failed: true })).toContain('<title>Problem: A &#60;title&#62; – Ravi</title>');
  expect(html).toMatch(/class="brand" href="\/"\s*><svg[^]*<span>Nord &#38; Co<\/span>/u);
  expect(html).toContain('<main><div class="column"><h1>Body</h1></div></main>');
  for (const [name, content] of [
    ['robots', 'noindex'],
    ['viewport', 'width=device-width, initial-scale=1'],
    ['color-scheme', 'light dark'],
    ['format-detection', 'telephone=no'],
  ])
    expect(html).toContain(`<meta name="${name}" content="${content}" />`);
});

test('a page has the icon and mark of the operator, or ours; an outcome keeps the sun as its sign', () => {
  expect(page()).toContain(`<link rel="icon" href="${iconHref}" />`);
  const own = { brand: { ...brand, logo: image('logo.png'), favicon: image('icon.png') } };
  expect(page({}, own)).toContain('<link rel="icon" href="/brand/icon.png" />');
  const marks = (state?: Layout['sun']) => {
    const head = headOf(page(state === undefined ? {} : { sun: state }, own));
    return [
      head.includes('class="logo" src="/brand/logo.png" width="56"'),
      /class="sun (\w+)"/u.exec(head)?.[1],
    ];
  };
  for (const state of [undefined, 'low', 'rising', 'set'] as const)
    expect(marks(state)).toEqual([true, undefined]);
  for (const state of ['risen', 'refused'] as const) expect(marks(state)).toEqual([true, state]);
  expect(headOf(page())).toContain('class="sun low"');
});

test('the foot has the advice, then what the operator says and links to, in one order, and the languages', () => {
  const plain = footOf(page());
  expect(wordsOf(`</head>${plain}`)).toMatch(
    /^ A code comes only from .* English Deutsch Español Français $/u,
  );
  const links = {
    support: 'mailto:a@b',
    imprint: 'https://i/',
    privacy: 'https://p/?a=1&b',
    terms: 'https://t/',
  };
  const foot = footOf(page({}, { brand: { ...brand, notice: 'Use is <logged>.', links } }));
  expect(foot).toContain('<p>Use is &#60;logged&#62;.</p>');
  const hrefs = Array.from(foot.matchAll(/<a href="([^"]*)">([^<]*)/gu), ([, href, text]) => [href, text]);
  expect(hrefs).toEqual([
    ['https://t/', 'Terms'],
    ['https://p/?a&#61;1&#38;b', 'Privacy'],
    ['https://i/', 'Imprint'],
    ['mailto:a@b', 'Help'],
  ]);
  expect(plain).not.toContain('class="row">');
});

test('each language is offered in its own words, the current one marked; a single one is not', () => {
  const foot = footOf(page());
  expect(foot).toContain('<span aria-current="true" lang="en" dir="ltr">English</span>');
  expect(foot.match(/href="\/language\/(\w+)" hreflang="\1" lang="\1" dir="ltr"/gu)).toHaveLength(3);
  const first = (count: number) => ({ languages: lookOf().languages.slice(0, count) });
  expect(footOf(page({}, first(2)))).toContain('<nav class="row" aria-label="Language">');
  expect(footOf(page({}, first(1)))).not.toContain('<nav');
});

test('whoever is signed in is named, and has their pages and a way out that keeps the code', () => {
  const signedIn = { email: 'ada@example.com', csrfToken: 'a token', userCode: 'BCDF-GHJK' };
  const head = headOf(page({ signedIn }));
  expect(wordsOf(`</head>${head}`)).toMatch(
    /Signed in as ada@example\.com Connected programs Sessions Security Not you\? Sign out/u,
  );
  expect(head).toContain('method="post" action="/signout"');
  expect(head.match(/type="hidden"[^>]*/gu)).toEqual([
    'type="hidden" name="csrf_token" value="a token" /',
    'type="hidden" name="user_code" value="BCDF-GHJK" /',
  ]);
  expect(headOf(page({ signedIn }, { passwords: false }))).not.toContain('/account/security');
  expect(headOf(page())).not.toContain('<form');
});

test('the sun is decoration, small on working pages and large on the first and the last', () => {
  for (const [state, size] of [
    ['low', 'width="36" height="18"'],
    ['rising', 'width="72" height="96"'],
    ['risen', 'width="72" height="96"'],
    ['refused', 'width="72" height="96"'],
    ['set', 'width="72" height="96"'],
  ] as const)
    expect(sun(state).replaceAll(/\s+/gu, ' ')).toMatch(
      new RegExp(`class="sun ${state}" ${size} [^>]*aria-hidden="true"`),
    );
  expect(sun('risen')).not.toBe(sun('refused').replace('refused', 'risen'));
});

test('facts are pairs of a label and what is told, each text as text; what is empty is left out', () => {
  expect(factList([...fact('Is <a>', 'b & c', '', 'd'), ...fact('None', '', '')])).toBe(
    '<dl><div><dt>Is &#60;a&#62;</dt><dd><bdi>b &#38; c</bdi></dd><dd><bdi>d</bdi></dd></div></dl>',
  );
  expect(factList(monoFact('From', '<::1>'))).toBe(
    '<dl><div><dt>From</dt><dd><span class="mono">&#60;::1&#62;</span></dd></div></dl>',
  );
});

test('a problem is announced, with the way out of it if there is one; without a problem there is nothing', () => {
  expect(problemNote('It is <wrong>.')).toBe(
    '<p id="problem" class="note wrong" role="alert">It is &#60;wrong&#62;.</p>',
  );
  expect(problemNote('It is wrong.', { href: '/x?a=1', text: 'Go & see' })).toContain(
    'It is wrong. <a href="/x?a&#61;1">Go &#38; see</a></p>',
  );
  expect(problemNote(undefined, { href: '/', text: 'x' })).toBe('');
  expect(problemText('As it is.', 7, 'en')).toBe('As it is.');
  expect(problemText(phrase('Again {when}.'), 7, 'de')).toBe('Again in 7 Sekunden.');
});

test('a code is spelled to who hears the page, and a stranger’s text in its place is cut', () => {
  expect(wordsOf(`</head>${largeCode('BCDF-GHJK')}`)).toBe(' BCDF-GHJK B C D F , G H J K ');
  expect(largeCode('BCDF-GHJK')).toContain('<span aria-hidden="true">BCDF-GHJK</span>');
  expect(largeCode('x'.repeat(17))).toContain(`>${'x'.repeat(15)}…<`);
  const line = (code?: string) => pendingCodeLine(phrase('For {code} & more'), code);
  expect(line('BCDF-GHJK')).toBe(
    '<p class="quiet">For <span class="mono inline-code">BCDF-GHJK</span> &#38; more</p>',
  );
  expect(line(`<${'x'.repeat(20)}`)).toContain(`&#60;${'x'.repeat(14)}…</span>`);
  expect([line(), line('')]).toEqual(['', '']);
});

test('a QR code is named to who cannot see it, and dark on light whatever the system', () => {
  const code = qrCode('https://login.example.com/device', 'A "code"').replaceAll(/\s+/gu, ' ');
  expect(code).toContain('role="img" aria-label="A &#34;code&#34;"');
  expect(code).toMatch(/<path fill="#fff" d="M0 0h(\d+)v\1H0z" \/> <path fill="#000" d="M/u);
});
