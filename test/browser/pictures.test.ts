import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { totpCode } from '../support/authenticator-app.ts';
import { sizes } from '../support/browser/looks.ts';
import { Site } from '../support/browser/site.ts';
import { wait } from '../support/program.ts';

/** From here they are copied to docs/pictures. */
const pictures = join(import.meta.dirname, '../../artifacts/pictures');

let site: Site;
beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  site = await Site.open({ NUMBER_MATCHING: 'other-network' });
});
afterAll(() => site.close());

/** Takes the whole page, or, where a part of it stays in view, what is seen first. */
async function photograph(page: Page, name: string, fullPage = true): Promise<void> {
  const path = join(pictures, `${name}.png`);
  await page.screenshot({ path, fullPage, animations: 'disabled' });
}

test('a person who signs up sees the pages that the docs show', async () => {
  const login = await site.startLogin('Moon agent');
  const waiting = wait(site.url, login.device_code);
  const context = await site.browse({ viewport: { width: 960, height: 720 } });
  const page = await context.newPage();
  await page.goto('/signup');
  await page.locator('[name=email]').fill('ada@example.com');
  await page.locator('[name=password]').fill('long enough password');
  await Promise.all([page.waitForURL(/device/), page.keyboard.press('Enter')]);
  await photograph(page, 'code');
  await page.goto(`/device?user_code=${login.user_code}`);
  await photograph(page, 'confirm', false);
  await page.setViewportSize(sizes.phone);
  await page.emulateMedia({ colorScheme: 'dark' });
  await photograph(page, 'confirm-phone', false);
  await page.locator(`input[name=verification][value="${login.verification}"]`).check({ force: true });
  await Promise.all([page.waitForURL(/result/), page.locator('[value=approve]').click()]);
  expect((await waiting).status).toBe(200);
  await page.getByText('Your program has signed in.').waitFor();
  await photograph(page, 'approved-phone');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(`/device?user_code=${(await site.startLogin('Lure')).user_code}`);
  await Promise.all([page.waitForURL(/result/), page.locator('[value=deny]').click()]);
  await photograph(page, 'denied-phone');
  await page.setViewportSize({ width: 960, height: 720 });
  await page.goto('/account/programs');
  await photograph(page, 'programs');
  await page.goto('/account/activity');
  await photograph(page, 'activity');
  await page.goto(`/device/qr?user_code=${(await site.startLogin()).user_code}`);
  await photograph(page, 'qr');

  await page.setViewportSize(sizes.phone);
  await page.goto('/account/security/app');
  const secret = (await page.locator('[name=secret]').getAttribute('value')) ?? '';
  await page.locator('[name=current_password]').fill('long enough password');
  await page.locator('[name=code]').fill(totpCode(secret));
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  await photograph(page, 'recovery-codes-phone');
  await page.goto('/account/security');
  await photograph(page, 'security-phone');
  await context.clearCookies();
  await page.goto(`/device?user_code=${(await site.startLogin('Moon agent')).user_code}`);
  await page.locator('[name=email]').fill('ada@example.com');
  await page.locator('[name=password]').fill('long enough password');
  await Promise.all([page.waitForURL(/second-step/), page.keyboard.press('Enter')]);
  await photograph(page, 'second-step-phone');
  await context.close();
});
