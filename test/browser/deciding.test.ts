import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { layoutShifts, overflow, sizes, violations } from '../support/browser/looks.ts';
import { Site } from '../support/browser/site.ts';
import type { Person } from '../support/person.ts';
import { poll, wait } from '../support/program.ts';

const pictures = join(import.meta.dirname, '../../artifacts/screenshots');

let site: Site;
let person: Person;
beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  site = await Site.open({ NUMBER_MATCHING: 'other-network' });
  person = await site.signUp();
});
afterAll(() => site.close());

/** The faults of the page, in light and dark, wide and narrow; leaves pictures. */
async function faults(page: Page, name: string): Promise<string[]> {
  const wrong: string[] = [];
  for (const [size, colorScheme] of [
    ['desktop', 'light'],
    ['narrow', 'dark'],
  ] as const) {
    await page.setViewportSize(sizes[size]);
    await page.emulateMedia({ colorScheme });
    const wider = await overflow(page);
    if (wider > 0) wrong.push(`is ${wider} px too wide: ${size}`);
    wrong.push(...(await violations(page)).map((violation) => `${size}, ${colorScheme}: ${violation}`));
    await page.screenshot({
      path: join(pictures, `${name}-${size}-${colorScheme}-en.png`),
      fullPage: true,
      animations: 'disabled',
    });
  }
  return wrong;
}

test('with the keyboard alone a person picks the number that the program shows, and the page says when it has signed in', async () => {
  const login = await site.startLogin('Moon agent');
  const context = await site.browse({ viewport: sizes.desktop }, person);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(login.verification_uri_complete);
  expect(await faults(page, 'confirm-number')).toEqual([]);
  await page.setViewportSize(sizes.desktop);

  // Without a number the browser keeps the form.
  await page.locator('button[value=approve]').click();
  expect(page.url()).toContain('user_code=');
  const numbers = page.locator('input[name=verification]');
  await numbers.first().focus();
  await page.keyboard.press('Space');
  for (let i = 0; i < 3 && (await picked(page)) !== login.verification; i++)
    await page.keyboard.press('ArrowRight');
  await page.locator('button[value=approve]').focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/result/);
  const line = page.locator('#live');
  expect(await line.innerText()).not.toContain('has signed in');

  expect((await wait(site.url, login.device_code)).status).toBe(200);
  await line.filter({ hasText: 'Your program has signed in.' }).waitFor();
  expect(await line.innerText()).toBe('Your program has signed in. You can close this page.');
  expect(await layoutShifts(page)).toEqual([]);
  expect(await faults(page, 'signed-in')).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});

const picked = (page: Page) =>
  page.evaluate<string>(`document.querySelector('input[name=verification]:checked')?.value ?? ''`);

test('without JavaScript a person approves on a page that is complete, and a wrong number denies', async () => {
  const [right, wrong] = [await site.startLogin('Moon agent'), await site.startLogin('Moon agent')];
  const context = await site.browse({ viewport: sizes.phone, javaScriptEnabled: false }, person);
  const page = await context.newPage();
  await page.goto(right.verification_uri_complete);
  await page.locator(`input[name=verification][value="${right.verification}"]`).check();
  await page.locator('button[value=approve]').click();
  await page.getByText('You can close this page').waitFor();
  expect((await wait(site.url, right.device_code)).status).toBe(200);

  await page.goto(wrong.verification_uri_complete);
  await page.locator(`input[name=verification]:not([value="${wrong.verification}"])`).first().check();
  await page.locator('button[value=approve]').click();
  await page.locator('h1', { hasText: 'another number' }).waitFor();
  expect((await poll(site.url, wrong.device_code)).body.error).toBe('access_denied');
  await context.close();
});

test('the QR code is large, dark on light in dark mode too, and described', async () => {
  const login = await site.startLogin();
  const context = await site.browse({ viewport: sizes.desktop });
  const page = await context.newPage();
  await page.goto(`/device/qr?user_code=${login.user_code}`);
  expect(await faults(page, 'qr')).toEqual([]);
  const box = await page.locator('svg.qr').boundingBox();
  expect(box?.width).toBeGreaterThanOrEqual(240);
  expect(box?.width).toBe(box?.height);
  await context.close();
});
