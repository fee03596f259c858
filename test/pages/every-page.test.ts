import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { freshHash, freshScript } from '../../services/api/src/pages/back-button-script.ts';
import { liveScript, liveScriptHash } from '../../services/api/src/pages/live-script.ts';
import { localTimeHash, localTimeScript } from '../../services/api/src/pages/local-time.ts';
import { passkeyHash, passkeyScript } from '../../services/api/src/pages/passkey-script.ts';
import { showPasswordHash, showPasswordScript } from '../../services/api/src/pages/show-password-script.ts';
import { styleSheetOf } from '../../services/api/src/pages/style-sheet.ts';
import { seed } from '../support/random.ts';
import { samplePages } from '../support/sample-pages.ts';
import { shippedLanguages } from '../../services/api/src/pages/texts/shipped-languages.ts';
import { textsFor } from '../../services/api/src/pages/texts/texts-for.ts';

const { text: styleSheet, hash: styleSheetHash } = styleSheetOf({});
const english = textsFor(['en']);
const languages = shippedLanguages.map(({ lang }) => textsFor([lang]));
const pages = languages.flatMap((texts) =>
  Object.entries(samplePages(texts, 'BCDF-GHJK')).map(([name, page]) => ({ name, page, lang: texts.lang })),
);

/** The tags of a page in order, attribute values left out: foreign text must never change them. */
function skeleton(page: string): string[] {
  return page
    .replace(styleSheet, '')
    .replace(liveScript, '')
    .replace(localTimeScript, '')
    .replace(freshScript, '')
    .replaceAll(showPasswordScript, '')
    .replaceAll(passkeyScript, '')
    .replace(/"[^"]*"/gu, '""')
    .match(/<[^>]*>/gu) as string[];
}

function attributeValues(page: string, name: string): string[] {
  return [...page.matchAll(new RegExp(`\\s${name}="([^"]*)"`, 'gu'))].map((match) => match[1] ?? '');
}

describe('foreign text, in every place of every page', () => {
  const harmless = new Map(
    Object.entries(samplePages(english, 'x')).map(([name, page]) => [name, skeleton(page)]),
  );

  test.each([
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='alert(1)",
    '</style></title></textarea><svg/onload=alert(1)>',
    '!${alert(1)}<!--',
    '&quot;&lt;script&gt;',
    'javascript:alert(1)',
  ])('stays text: %s', (hostile) => {
    for (const [name, page] of Object.entries(samplePages(english, `x${hostile}`))) {
      expect(skeleton(page)).toEqual(harmless.get(name));
    }
  });

  test('stays text, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        for (const [name, page] of Object.entries(samplePages(english, `x${text}`))) {
          expect(skeleton(page)).toEqual(harmless.get(name));
        }
      }),
      { numRuns: 200, seed },
    );
  });

  test('never becomes a link target of its own', () => {
    const { home: _home, ...others } = samplePages(english, 'javascript:alert(1)');
    for (const page of Object.values(others)) {
      for (const href of attributeValues(page, 'href'))
        expect(href).toMatch(/^(\/|data:image\/svg\+xml,|otpauth:)/u);
    }
  });
});

const scripts = [
  {
    script: liveScript,
    hash: liveScriptHash,
    belongs: (name: string) => /^result (waiting|late)$/.test(name),
  },
  { script: localTimeScript, hash: localTimeHash, belongs: (name: string) => name === 'confirm' },
  { script: freshScript, hash: freshHash, belongs: (name: string) => name === 'confirm' },
  {
    script: showPasswordScript,
    hash: showPasswordHash,
    belongs: (_: string, page: string) => page.includes('type="password"'),
  },
  {
    script: passkeyScript,
    hash: passkeyHash,
    belongs: (_: string, page: string) => page.includes('data-ceremony="'),
  },
];
const element = (script: string) => `<script>${script}</script>`;

describe.each(pages)('$name in $lang', ({ name, page, lang }) => {
  test('has one style element, the one the policy names by its hash, and nothing else inline', () => {
    const styles = [...page.matchAll(/<style>([\s\S]*?)<\/style>/gu)].map((match) => match[1] ?? '');
    expect(styles).toHaveLength(1);
    const digest = createHash('sha256')
      .update(styles[0] ?? '')
      .digest('base64');
    expect(`sha256-${digest}`).toBe(styleSheetHash);
    const bare = scripts.reduce((left, { script }) => left.replaceAll(element(script), ''), page);
    expect(bare).not.toMatch(/<script|<iframe|\sstyle=|\son[a-z]+=/iu);
  });

  test('has the scripts that belong to it, each as the policy names it by its hash', () => {
    for (const { script, hash, belongs } of scripts) {
      expect(`sha256-${createHash('sha256').update(script).digest('base64')}`).toBe(hash);
      expect([script, page.includes(element(script))]).toEqual([script, belongs(name, page)]);
    }
  });

  test('tells a problem in a sentence and in its title, and marks no field where there is no problem', () => {
    const [, problem] = /<p id="problem"[^>]*>([^<]*)/u.exec(page) ?? [];
    const { problemPrefix } = textsFor([lang]);
    expect(page.includes(`<title>${problemPrefix} `)).toBe(problem !== undefined);
    expect(problem ?? 'no problem').toMatch(/\w \w/u);
    expect(problem !== undefined || !page.includes('aria-invalid="true"')).toBe(true);
  });

  test('loads nothing but images of the operator', () => {
    expect(page).not.toMatch(/\ssrc=(?!"\/brand\/)|url\(|@import|rel="(stylesheet|preload)"/u);
  });

  test('weighs less than 25 KB', () => {
    expect(Buffer.byteLength(page)).toBeLessThan(25_600);
  });

  test('names its language and has one heading of the first rank', () => {
    expect(page).toContain(`<html lang="${lang}" dir="ltr">`);
    expect(page.match(/<h1>/gu)).toHaveLength(1);
  });

  test('sets facts beside their labels', () => {
    const [beforeFacts = '', ...lists] = page.split('<dl>');
    expect(lists.length === 0 || beforeFacts.includes('<div class="facts">')).toBe(true);
  });

  test('protects every form with the CSRF token, and posts it', () => {
    const forms = page.match(/<form[\s\S]*?<\/form>/gu) ?? [];
    const isSearch = (form: string) => form.includes('method="get"');
    // A search changes nothing, and browsers keep its address.
    expect(forms.filter(isSearch).join('')).not.toContain('csrf_token');
    for (const form of forms.filter((each) => !isSearch(each))) {
      expect(form).toContain('method="post"');
      expect(form).toContain('<input type="hidden" name="csrf_token" value="BCDF-GHJK" />');
    }
  });

  test('labels every visible input, and every reference finds its one element', () => {
    const ids = attributeValues(page, 'id');
    expect(new Set(ids).size).toBe(ids.length);
    const inputs = (page.match(/<input[^>]*>/gu) ?? []).filter(
      (input) => !/type="(hidden|radio)"/u.test(input),
    );
    const labelled = attributeValues(page, 'for');
    for (const input of inputs) expect(labelled).toContain(attributeValues(input, 'id')[0]);
    const references = ['for', 'aria-describedby', 'aria-labelledby'].flatMap((name) =>
      attributeValues(page, name).flatMap((value) => value.split(' ')),
    );
    for (const reference of references) expect(ids).toContain(reference);
  });
});
