import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { poll, startLogin, wait } from '../support/program.ts';
import { type Deployment, deploy } from '../support/stack.ts';

const pictures = join(import.meta.dirname, '../../artifacts/screenshots');
const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } } as const;

let deployment: Deployment;
let browser: Browser;
beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  deployment = await deploy();
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_BIN'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
});
afterAll(async () => {
  await browser.close();
  await deployment.stop();
});

/** What the browser's console complained of: a blocked style or script would show here. */
const complaints: string[] = [];

async function visit(size: keyof typeof sizes, javaScriptEnabled: boolean): Promise<[BrowserContext, Page]> {
  const context = await browser.newContext({
    viewport: sizes[size],
    javaScriptEnabled,
    baseURL: deployment.urls[0],
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    // A page with a 4xx status is reported as an error too; that is what it is meant to be.
    if (message.type() === 'error' && !message.text().includes('server responded with a status'))
      complaints.push(message.text());
  });
  return [context, page];
}

describe.each([
  ['phone', false],
  ['desktop', true],
] as const)('on a %s, JavaScript %s', (size, javaScript) => {
  const picture = (page: Page, name: string) =>
    page.screenshot({ path: join(pictures, `${size}-${name}.png`), fullPage: true });

  test('a person signs up from a complete link, sees who asks, approves, and the program is logged in', async () => {
    const login = await startLogin(deployment.urls[1], 'Moon agent');
    const waiting = wait(deployment.urls[1], login.device_code);
    const [context, page] = await visit(size, javaScript);
    await page.goto(`/device?user_code=${login.user_code}`);
    await picture(page, 'sign-in');
    await page.locator('a[href^="/signup"]').click();
    await picture(page, 'sign-up');
    await page.locator('input[name=email]').fill(`ada.lovelace.${size}@example.com`);
    await page.locator('input[name=password]').fill('long enough password');
    await page.locator('form[action="/signup"] button').click();
    await page.waitForURL(/\/device/);
    expect(await page.locator('main').innerText()).toContain(login.user_code);
    await picture(page, 'confirm');
    await page.locator('button[value=approve]').click();
    await page.waitForURL(/decision/);
    await picture(page, 'approved');
    expect((await waiting).status).toBe(200);
    await context.close();
  });

  test('a person types the code, is helped when it is wrong, denies, and the program learns it', async () => {
    const login = await startLogin(deployment.urls[0]);
    const [context, page] = await visit(size, javaScript);
    await page.goto('/signup');
    await page.locator('input[name=email]').fill(`${randomUUID()}@example.com`);
    await page.locator('input[name=password]').fill('long enough password');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/device/);
    await picture(page, 'enter-code');
    await page.locator('input[name=user_code]:visible').fill('BCDF GHJK');
    await page.keyboard.press('Enter');
    await page.locator('[role=alert]').waitFor();
    await picture(page, 'wrong-code');
    await page.locator('input[name=user_code]:visible').fill(login.user_code.toLowerCase());
    await page.keyboard.press('Enter');
    await page.locator('button[value=deny]').click();
    await page.waitForURL(/decision/);
    await picture(page, 'denied');
    expect((await poll(deployment.urls[0], login.device_code)).body.error).toBe('access_denied');
    await page.goBack();
    expect(await page.locator('[role=alert]').count()).toBe(1);
    await context.close();
  });

  test('the front page and an unknown address are pages too', async () => {
    const [context, page] = await visit(size, javaScript);
    await page.goto('/');
    await picture(page, 'home');
    await page.goto('/nothing');
    await picture(page, 'not-found');
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await context.close();
  });
});

test('the browser never had to block anything of ours', () => {
  expect(complaints).toEqual([]);
});
