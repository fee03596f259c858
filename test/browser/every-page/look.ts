import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { layoutShifts, overflows, Scales, sizes, violations } from '../../support/browser/looks.ts';
import type { Person } from '../../support/person.ts';
import type { Site } from '../../support/browser/site.ts';
import type { Scene } from '../scenes/scene.ts';

/** Settings of a site that sends mail, by a server that is away: pages do not wait for it. */
export const withMail = { SMTP_URL: 'smtp://127.0.0.1:9', MAIL_FROM: 'login@example.com' };

const pictures = join(import.meta.dirname, '../../../artifacts/screenshots');
const heaviest = 30_000;
/** How a problem begins that says that something moved. */
const moved = 'moved by itself';

/** How a person may visit: with or without JavaScript, in one language or the other. */
const ways = [
  { javaScript: true, locale: 'en' },
  { javaScript: true, locale: 'de' },
  { javaScript: false, locale: 'en' },
  { javaScript: false, locale: 'de' },
] as const;
type Way = (typeof ways)[number];

/** Where axe-core looks: in every language, every size and both lights, but not in every combination. */
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

/** A scene, and what it is one of. */
interface Look {
  readonly site: Site;
  readonly scene: Scene;
  readonly scenes: readonly Scene[];
  /** Who has an account there; nobody where people have their accounts with providers alone. */
  readonly person: Person | null;
}

/**
 * Comes to the scene in several ways, and returns what is wrong with it: whatever is not accessible, small and still in every
 * size, light and language, with and without JavaScript.
 */
export async function look({ site, scene, scenes, person }: Look): Promise<readonly string[]> {
  mkdirSync(pictures, { recursive: true });
  const chosen = waysOf(scenes.indexOf(scene));
  const come = async (way: Way) => {
    const wrong = await lookInOneWay(site, scene, person, way);
    // A busy machine may paint a page of which the end is still on its way. One that moves by itself does so each time.
    return wrong.some((problem) => problem.startsWith(moved))
      ? lookInOneWay(site, scene, person, way)
      : wrong;
  };
  const found = scene.alone ? await inTurn(chosen, come) : await Promise.all(chosen.map(come));
  return found.flatMap((problems, index) =>
    problems.map((problem) => `${JSON.stringify(chosen[index])} ${problem}`),
  );
}

/** Comes to the scene in one way, looks at it in every size and light, and returns what is wrong with it. */
async function lookInOneWay(
  site: Site,
  scene: Scene,
  person: Person | null,
  { javaScript, locale }: Way,
): Promise<string[]> {
  const wrong: string[] = [];
  const context = await site.browse(
    { javaScriptEnabled: javaScript, locale, viewport: sizes.phone },
    scene.signedIn ? person : null,
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
      if (person === null) throw new Error('Nobody has an account here.');
      return person;
    },
  });
  if (status !== scene.status) wrong.push(`answered ${status} instead of ${scene.status}`);
  if (javaScript) wrong.push(...(await layoutShifts(page)).map((shift) => `${moved}: ${shift}`));
  const bytes = await scales.bytes();
  if (bytes === 0 || bytes > heaviest) wrong.push(`weighs ${bytes} bytes`);
  if ((await page.locator('html').getAttribute('lang')) !== locale) wrong.push('speaks another language');
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport);
    const [wider, wide] = await overflows(page);
    if (wider > 0) wrong.push(`is ${wider} px too wide: ${size}`);
    if (wide > 0 && size !== 'narrow') wrong.push(`is ${wide} px too wide with larger text: ${size}`);
    for (const colorScheme of ['light', 'dark'] as const) {
      const isExamined = javaScript && examined.has(`${locale} ${size} ${colorScheme}`);
      const isPhotographed = photographed.has(`${javaScript} ${size} ${colorScheme}`);
      if (!isExamined && !isPhotographed) continue;
      await page.emulateMedia({ colorScheme });
      if (isExamined)
        wrong.push(...(await violations(page)).map((violation) => `${size}, ${colorScheme}: ${violation}`));
      if (isPhotographed) await photograph(page, [scene.name, size, colorScheme, locale]);
    }
  }
  await context.close();
  return wrong;
}

async function photograph(page: Page, words: readonly string[]): Promise<void> {
  const path = join(pictures, `${words.join('-')}.png`);
  await page.screenshot({ path, fullPage: true, animations: 'disabled' });
}

async function inTurn<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
