import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { overflow, sizes, violations } from '../support/browser/looks.ts';
import { Site } from '../support/browser/site.ts';
import { writeRightToLeftTexts } from '../support/right-to-left-texts.ts';

const pictures = join(import.meta.dirname, '../../artifacts/screenshots');
const folder = mkdtempSync(join(tmpdir(), 'ravi-rtl-'));

let site: Site;
beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  const path = join(folder, 'texts.json');
  writeRightToLeftTexts(path);
  site = await Site.open({ TEXTS_FILE: path, NUMBER_MATCHING: 'other-network' });
});
afterAll(async () => {
  await site.close();
  rmSync(folder, { recursive: true });
});

/** What does not run from the right, or too far. */
async function faults(page: Page, name: string): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const size of ['narrow', 'phone', 'desktop'] as const) {
    await page.setViewportSize(sizes[size]);
    if ((await overflow(page)) > 0) wrong.push(`${name} is too wide: ${size}`);
    // A heading begins where its column does, on the right; a code reads from the left in every language.
    const fromRight = await page.evaluate<number>(`(() => {
      const range = document.createRange();
      range.selectNodeContents(document.querySelector('h1'));
      return document.querySelector('main .column > *').getBoundingClientRect().right -
        Math.max(...Array.from(range.getClientRects(), ({ right }) => right));
    })()`);
    if (Math.abs(fromRight) > 2) wrong.push(`${name} begins ${fromRight} px from the right: ${size}`);
    await page.screenshot({ path: join(pictures, `rtl-${name}-${size}.png`), fullPage: true });
  }
  const codesFromRight = await page.evaluate<number>(
    `[...document.querySelectorAll('.code, .mono, pre')].filter((code) => getComputedStyle(code).direction !== 'ltr').length`,
  );
  if (codesFromRight > 0) wrong.push(`${name} has a code that runs from the right`);
  return [...wrong, ...(await violations(page)).map((violation) => `${name}: ${violation}`)];
}

test('a language that is written from the right runs from there on every kind of page, and codes from the left', async () => {
  const context = await site.browse({ locale: 'he' }, await site.signUp());
  const page = await context.newPage();
  const { user_code: code, verification } = await site.startLogin('Moon agent');
  const found: string[] = [];
  for (const [name, path] of Object.entries({
    home: '/',
    'enter-code': '/device',
    security: '/account/security',
    app: '/account/security/app',
    password: '/account/password',
    confirm: `/device?user_code=${code}`,
  })) {
    await page.goto(path);
    found.push(...(await faults(page, name)));
  }
  expect(await page.locator('html').getAttribute('dir')).toBe('rtl');
  await page.locator(`input[name=verification][value="${verification}"]`).check({ force: true });
  await Promise.all([page.waitForURL(/result/), page.locator('[value=approve]').click()]);
  found.push(...(await faults(page, 'result')));
  await page.goto('/account/programs');
  found.push(...(await faults(page, 'programs')));
  expect(found).toEqual([]);
  await context.close();
});
