import { randomUUID } from 'node:crypto';
import { sizes } from '../support/browser/looks.ts';
import { Site } from '../support/browser/site.ts';
import { wait } from '../support/program.ts';

let site: Site;
beforeAll(async () => {
  site = await Site.open();
});
afterAll(() => site.close());

test.each([
  ['on a phone, without JavaScript', { viewport: sizes.phone, javaScriptEnabled: false }],
  ['on a desktop, with JavaScript', { viewport: sizes.desktop, javaScriptEnabled: true }],
])('a new person signs in through a provider and ends at the code, %s', async (_, options) => {
  const login = await site.startLogin('Moon agent');
  const context = await site.browse(options);
  const page = await context.newPage();
  await page.goto(login.verification_uri_complete);
  await page.locator('a[href^="/signin/one"]').click();
  const form = page.locator('form');
  await form.locator('[name=sub]').fill(randomUUID());
  await form.locator('[name=verified]').setChecked(true);
  await form.locator('button:not([value=cancel])').click();
  await page.waitForURL(/device\?user_code=/);
  expect(await page.locator('main').innerText()).toContain(login.user_code);
  await page.locator('button[value=approve]').click();
  expect((await wait(site.url, login.device_code)).status).toBe(200);
  await context.close();
});
