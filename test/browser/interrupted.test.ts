import type { Page } from 'playwright-core';
import { totpCode } from '../support/authenticator-app.ts';
import { sizes } from '../support/browser/looks.ts';
import { Site } from '../support/browser/site.ts';
import { wait } from '../support/program.ts';

let site: Site;
beforeAll(async () => {
  site = await Site.open();
});
afterAll(() => site.close());

const approve = (page: Page) =>
  Promise.all([page.waitForNavigation(), page.locator('button[value=approve]').click()]);

/** Opens the confirmation and chooses a new identity, for a day. */
async function choose(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.locator('.terms summary').click();
  await page.locator('select[name=access]').selectOption('identity.new');
  await page.locator('input[name=identity_name]').fill('Night shift');
  await page.locator('select[name=key_ttl]').selectOption('86400');
}

test.each([true, false])(
  'with Redis away at the decision the page offers to send it again, and it counts once and as it was chosen (JavaScript: %s)',
  async (javaScriptEnabled) => {
    const login = await site.startLogin('Moon agent');
    const context = await site.browse({ viewport: sizes.phone, javaScriptEnabled }, await site.signUp());
    const page = await context.newPage();
    await choose(page, login.verification_uri_complete);
    const shown = () => page.locator('input[name=shown]').getAttribute('value');
    const mark = await shown();
    site.redisServer.freeze();
    await approve(page).finally(() => site.redisServer.thaw());
    // What was chosen in time may still be sent.
    expect(await shown()).toBe(mark);
    const again = page.getByRole('button', { name: 'Try again' });
    for (let times = 0; times < 5 && (await again.count()) > 0; times++)
      await Promise.all([page.waitForNavigation(), again.click()]);
    expect(page.url()).toContain('/device/result');
    const words = await page.locator('main').innerText();
    expect(words).toContain('Night shift');
    expect(words).toMatch(/1 day|24 hours/);
    expect((await wait(site.url, login.device_code)).status).toBe(200);
    await page.goto('/account/programs');
    expect(await page.getByRole('heading', { name: 'Moon agent' }).count()).toBe(1);
    await context.close();
  },
);

test('a person whose api is replaced at every step signs in, finds the program, approves, and sees it come', async () => {
  const person = await site.signUp();
  const login = await site.startLogin('Moon agent');
  const context = await site.browse({ viewport: sizes.phone });
  const page = await context.newPage();
  await page.goto('/signin');
  await site.replaceApis();
  await page.locator('[name=email]').fill(person.email);
  await page.locator('[name=password]').fill(person.password);
  await Promise.all([page.waitForURL(/device/), page.keyboard.press('Enter')]);
  await site.replaceApis();
  await page.locator('input[name=user_code]:visible').fill(login.user_code);
  await Promise.all([page.waitForURL(/user_code=/), page.keyboard.press('Enter')]);
  await site.replaceApis();
  await approve(page);
  await site.replaceApis();
  expect((await wait(site.url, login.device_code)).status).toBe(200);
  await page.locator('#live', { hasText: 'Your program has signed in.' }).waitFor();
  await context.close();
});

test('forms of the second factor that are double-clicked end as one success', async () => {
  const person = await site.signUp();
  const context = await site.browse({ viewport: sizes.phone }, person);
  const page = await context.newPage();
  await page.goto('/account/security/app');
  const secret = (await page.locator('input[name=secret]').getAttribute('value')) ?? '';
  const doubleClick = async (name: string, shown: RegExp) => {
    await page.getByRole('button', { name }).dblclick();
    await page.getByRole('heading', { name: shown }).waitFor();
    expect(await page.locator('.note.wrong').count()).toBe(0);
  };
  await page.locator('input[name=current_password]').fill(person.password);
  await page.locator('input[name=code]').fill(totpCode(secret));
  await doubleClick('Set up', /Your recovery codes/);
  const shown = async () => (await page.locator('pre').innerText()).split('\n');
  const first = await shown();
  await page.goto('/account/security');
  await doubleClick('Make new codes', /Your recovery codes/);
  const codes = await shown();
  expect([first, codes].map(({ length }) => length)).toEqual([10, 10]);
  expect(codes).not.toEqual(first);

  await context.clearCookies();
  const { user_code: code, device_code: deviceCode } = await site.startLogin('Moon agent');
  await page.goto(`/device?user_code=${code}`);
  await page.locator('[name=email]').fill(person.email);
  await page.locator('[name=password]').fill(person.password);
  await doubleClick('Sign in', /Confirm that it is you/);
  await page.locator('input[name=code]').fill(codes[0] ?? '');
  await doubleClick('Continue', /How you sign in/);
  await Promise.all([page.waitForNavigation(), page.getByRole('link', { name: 'Continue' }).click()]);
  await approve(page);
  expect((await wait(site.url, deviceCode)).status).toBe(200);
  await context.close();
});
