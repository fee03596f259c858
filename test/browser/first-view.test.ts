import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { doubleText } from '../support/browser/looks.ts';
import { Site } from '../support/browser/site.ts';
import type { Person } from '../support/person.ts';

const pictures = join(import.meta.dirname, '../../artifacts/screenshots');

let site: Site;
let person: Person;
beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  site = await Site.open({ NUMBER_MATCHING: 'other-network' });
  person = await site.signUp();
});
afterAll(() => site.close());

const views = ['360x640', '375x667', '390x844', '1280x800', '1366x650'].map((name) => {
  const [width = 0, height = 0] = name.split('x').map(Number);
  return { name, viewport: { width, height } };
});

/** Which of these elements cannot be seen whole, and pressed, without scrolling. */
function outOfView(page: Page, selectors: readonly string[]): Promise<readonly string[]> {
  return page.evaluate<string[]>(`${JSON.stringify(selectors)}.filter((selector) => {
    const element = document.querySelector(selector);
    const { left, right, top, bottom } = element.getBoundingClientRect();
    if (top < 0 || left < 0 || bottom > innerHeight || right > innerWidth) return true;
    const corners = [[left + 8, top + 8], [right - 8, bottom - 8], [(left + right) / 2, (top + bottom) / 2]];
    return !corners.every(([x, y]) => element.contains(document.elementFromPoint(x, y)));
  })`);
}

/** The words of the page that stand on more than one line. */
function brokenWords(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(`(() => {
    const broken = [];
    const texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const { currentNode } = texts;
      if (currentNode.parentElement.closest('option, script, .hidden, bdi')) continue;
      for (const { index, 0: word } of currentNode.data.matchAll(/(?<![\\w.@-])\\p{L}+(?![\\w.@-]*@)/gu)) {
        const range = document.createRange();
        range.setStart(currentNode, index);
        range.setEnd(currentNode, index + word.length);
        if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) broken.push(word);
      }
    }
    return broken;
  })()`);
}

/** The links above and below the page whose lines are too low for their letters. */
function squeezedLinks(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(`[...document.querySelectorAll('.account a, .row > *')].filter((link) => {
    const { lineHeight, fontSize } = getComputedStyle(link);
    return parseFloat(lineHeight) < 1.2 * parseFloat(fontSize);
  }).map((link) => link.textContent)`);
}

/** Whether the bar with the buttons hides nothing of what comes before it: it stands below that, or out of view. */
const barHidesNothing = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>(`(() => {
    const bar = document.querySelector('.bar');
    const { bottom } = bar.previousElementSibling.getBoundingClientRect();
    return bar.getBoundingClientRect().top >= Math.min(bottom, innerHeight);
  })()`);

/** @shows RFC 10027 §6.1.14, RFC 10027 §6.1.16 */
test.each(['en', 'de', 'fr', 'es'])(
  'in %s the question, the code, the numbers, the advice and both buttons are in the first view of each screen, and double text breaks no word and no line; on the narrowest, the buttons hide nothing',
  async (locale) => {
    const context = await site.browse(
      { locale, extraHTTPHeaders: { 'x-forwarded-for': '2001:db8:7:7::1' } },
      person,
    );
    const page = await context.newPage();
    for (const [network, address] of [
      ['elsewhere', '203.0.113.77'],
      ['here', '2001:db8:7:7::9'],
    ] as const) {
      const login = await site.startLogin('Moon agent', address);
      for (const { name, viewport } of views) {
        await page.setViewportSize(viewport);
        await page.goto(`/device?user_code=${login.user_code}`);
        await page.screenshot({ path: join(pictures, `first-view-${network}-${name}-${locale}.png`) });
        const numbers = network === 'elsewhere' ? ['.numbers'] : [];
        const wanted = ['h1', '.code', ...numbers, '.bar p', '[value=deny]', '[value=approve]'];
        expect([network, name, await outOfView(page, wanted)]).toEqual([network, name, []]);
        await doubleText(page, true);
        expect([network, name, await brokenWords(page)]).toEqual([network, name, []]);
        expect([network, name, await squeezedLinks(page)]).toEqual([network, name, []]);
        await page.screenshot({
          path: join(pictures, `double-text-${network}-${name}-${locale}.png`),
          fullPage: true,
        });
      }
      await page.setViewportSize({ width: 320, height: 640 });
      await page.goto(`/device?user_code=${login.user_code}`);
      expect([network, await barHidesNothing(page)]).toEqual([network, true]);
    }
    await context.close();
  },
);
