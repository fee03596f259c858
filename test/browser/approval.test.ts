import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { poll, wait } from '../support/program.ts';
import { Site } from '../support/browser/site.ts';
import { sizes } from '../support/browser/looks.ts';

let site: Site;
beforeAll(async () => {
  site = await Site.open();
});
afterAll(() => site.close());

/** Signs up on the page that is open, with the keyboard alone. */
async function signUp(page: Page): Promise<void> {
  await page.locator('input[name=email]').fill(`${randomUUID()}@example.com`);
  await page.locator('input[name=password]').fill('long enough password');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/device/);
}

describe.each([
  ['phone', false],
  ['desktop', true],
] as const)('on a %s, JavaScript %s', (size, javaScriptEnabled) => {
  const browse = () => site.browse({ viewport: sizes[size], javaScriptEnabled });

  test('a person signs up from a complete link, sees who asks, approves, and the waiting program is logged in', async () => {
    const login = await site.startLogin('Moon agent');
    const waiting = wait(site.url, login.device_code);
    const context = await browse();
    const page = await context.newPage();
    await page.goto(login.verification_uri_complete);
    await page.locator('a[href^="/signup"]').click();
    await page.waitForURL(/signup/);
    await signUp(page);
    const words = await page.locator('main').innerText();
    for (const word of [login.user_code, 'Moon agent', '203.0.113.77']) expect(words).toContain(word);
    await page.locator('button[value=approve]').click();
    await page.waitForURL(/result/);
    expect((await waiting).status).toBe(200);
    await context.close();
  });

  test('a person types the code, is helped when it is wrong, denies, and the program learns it', async () => {
    const login = await site.startLogin();
    const context = await browse();
    const page = await context.newPage();
    await page.goto('/signup');
    await signUp(page);
    const field = page.locator('input[name=user_code]:visible');
    await field.fill('BCDF GHJK');
    await page.keyboard.press('Enter');
    await page.locator('[role=alert]').waitFor();
    await field.fill(login.user_code.toLowerCase());
    await page.keyboard.press('Enter');
    await page.locator('button[value=deny]').click();
    await page.waitForURL(/result/);
    expect((await poll(site.url, login.device_code)).body.error).toBe('access_denied');
    await context.close();
  });
});
