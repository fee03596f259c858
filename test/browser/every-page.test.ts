import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { doubleText, layoutShifts, overflow, Scales, sizes, violations } from '../support/browser/looks.ts';
import type { Person } from '../support/person.ts';
import { Site } from '../support/browser/site.ts';
import { stages } from './scenes/index.ts';
import type { Scene } from './scenes/scene.ts';

const pictures = join(import.meta.dirname, '../../artifacts/screenshots');
const heaviest = 30_000;

/** How a person may come by: with or without JavaScript, in one language or the other. */
const ways = [
  { javaScript: true, locale: 'en' },
  { javaScript: true, locale: 'de' },
  { javaScript: false, locale: 'en' },
  { javaScript: false, locale: 'de' },
] as const;
type Way = (typeof ways)[number];

/** Where axe-core looks: each language, size and light, but not each of each. */
const examined = new Set(['en narrow light', 'en desktop dark', 'de narrow dark', 'de desktop light']);
const photographed = new Set(['true phone light', 'false desktop dark', 'false narrow light']);

/**
 * Two ways for each scene, in turn, so that each is met with and without JavaScript and in both languages; all four where
 * there is time.
 */
function waysOf(scene: number): readonly Way[] {
  if (process.env['RAVI_SLOW_TESTS'] === '1') return ways;
  return ways.filter(({ javaScript, locale }) => javaScript === ((locale === 'en') === (scene % 2 === 0)));
}

let site: Site;
beforeAll(() => mkdirSync(pictures, { recursive: true }));
afterAll(() => process.stdout.write(`Pictures of every page: ${pictures}\n`));

/** Comes to the scene in one way, looks at it in every size and light, and returns what is wrong with it. */
async function look(
  scene: Scene,
  person: Person | undefined,
  { javaScript, locale }: Way,
): Promise<string[]> {
  const wrong: string[] = [];
  const context = await site.browse(
    { javaScriptEnabled: javaScript, locale, viewport: sizes.phone },
    scene.signedIn ? person : undefined,
  );
  const page = await context.newPage();
  const scales = new Scales(page);
  let status = 0;
  page.on('response', (response) => {
    const request = response.request();
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) status = response.status();
  });
  // A status of 4xx is reported as an error too; that is what such a page is meant to be.
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !text.includes('responded with a status')) wrong.push(text);
  });
  page.on('pageerror', (error) => wrong.push(String(error)));

  await scene.open({
    site,
    page,
    get person() {
      if (person === undefined) throw new Error('Nobody has an account here.');
      return person;
    },
  });
  if (status !== scene.status) wrong.push(`answered ${status} instead of ${scene.status}`);
  if (javaScript) wrong.push(...(await layoutShifts(page)).map((shift) => `moved by itself: ${shift}`));
  const bytes = await scales.bytes();
  if (bytes === 0 || bytes > heaviest) wrong.push(`weighs ${bytes} bytes`);
  if ((await page.locator('html').getAttribute('lang')) !== locale) wrong.push('speaks another language');
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport);
    const wider = await overflow(page);
    if (wider > 0) wrong.push(`is ${wider} px too wide: ${size}`);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      if (javaScript && examined.has(`${locale} ${size} ${colorScheme}`))
        wrong.push(...(await violations(page)).map((violation) => `${size}, ${colorScheme}: ${violation}`));
      if (photographed.has(`${javaScript} ${size} ${colorScheme}`))
        await photograph(page, [scene.name, size, colorScheme, locale]);
    }
    await doubleText(page, true);
    const wide = await overflow(page);
    if (wide > 0 && size !== 'narrow') wrong.push(`is ${wide} px too wide with larger text: ${size}`);
    await doubleText(page, false);
  }
  await context.close();
  return wrong;
}

async function photograph(page: Page, words: readonly string[]): Promise<void> {
  const path = join(pictures, `${words.join('-')}.png`);
  await page.screenshot({ path, fullPage: true, animations: 'disabled' });
}

describe.each(stages)('$title', ({ env, scenes }) => {
  beforeAll(async () => {
    site = await Site.open(env);
  });
  afterAll(() => site.close());

  /** @shows RFC 10027 §6.1.14 */
  test.each(scenes)(
    '$name, $status: accessible, small and still in every size, light and language, with and without JavaScript',
    async (scene) => {
      // Where people have their accounts with providers alone, none can be made beforehand.
      const person = env.EMBEDDED_ACCOUNTS === 'off' ? undefined : await site.signUp();
      const chosen = waysOf(scenes.indexOf(scene));
      const found = scene.alone
        ? await inTurn(chosen, (way) => look(scene, person, way))
        : await Promise.all(chosen.map((way) => look(scene, person, way)));
      const wrong = found.flatMap((problems, index) =>
        problems.map((problem) => `${JSON.stringify(chosen[index])} ${problem}`),
      );
      expect(wrong).toEqual([]);
    },
  );
});

async function inTurn<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
