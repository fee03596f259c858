import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { poll, wait } from '../support/program.ts';
import { Site } from '../support/browser/site.ts';

let site: Site;
beforeAll(async () => {
  site = await Site.open({ NUMBER_MATCHING: 'other-network' });
});
afterAll(() => site.close());

/** The focus as a person sees it: the element's name or value, and whether something marks it. */
const focused = (page: Page) =>
  page.evaluate<{ name: string; text: string; marked: boolean }>(`(() => {
    const element = document.activeElement;
    const framed = element.closest('label') ?? element;
    const marked = [element, framed, element.nextElementSibling].some((one) => {
      const style = one && getComputedStyle(one);
      return style && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    });
    return { name: element.name ?? '', text: (element.value || element.textContent || '').trim(), marked };
  })()`);

/** Resolves once the page has put the focus into a field, which it does a moment after it was loaded. */
async function focusIn(page: Page, name: string): Promise<void> {
  await page.locator(`[name=${name}]:focus`).waitFor();
}

/** Presses Tab until the focus is where it is wanted; every stop on the way is visible and none comes twice. */
async function tabTo(page: Page, wanted: (at: { name: string; text: string }) => boolean): Promise<void> {
  for (let stop = 0; stop < 30; stop++) {
    const at = await focused(page);
    if (wanted(at)) return;
    await page.keyboard.press('Tab');
    expect(await focused(page)).toMatchObject({ marked: true });
  }
  throw new Error('Tab never led there.');
}

/** @shows RFC 10027 §6.1.14 */
test.each([true, false])(
  'a person signs up, types the code, picks the number and approves with the keyboard alone, JavaScript %s',
  async (javaScriptEnabled) => {
    const {
      device_code: deviceCode,
      user_code: userCode,
      verification = '',
    } = await site.startLogin('Moon agent');
    const waiting = wait(site.url, deviceCode);
    const context = await site.browse({ javaScriptEnabled });
    const page = await context.newPage();
    await page.goto('/signin');
    await tabTo(page, ({ text }) => text === 'Create an account');
    await Promise.all([page.waitForURL(/signup/), page.keyboard.press('Enter')]);
    await focusIn(page, 'email');
    await page.keyboard.type(`${randomUUID()}@example.com`);
    await tabTo(page, ({ name }) => name === 'password');
    await page.keyboard.type('long enough password');
    await Promise.all([page.waitForURL(/device/), page.keyboard.press('Enter')]);
    await focusIn(page, 'user_code');
    await page.keyboard.type(userCode.toLowerCase());
    await Promise.all([page.waitForURL(/user_code/), page.keyboard.press('Enter')]);
    await tabTo(page, ({ name }) => name === 'verification');
    await page.keyboard.press('Space');
    for (let step = 0; step < 3 && (await focused(page)).text !== verification; step++)
      await page.keyboard.press('ArrowRight');
    await tabTo(page, ({ text }) => text === 'approve');
    await Promise.all([page.waitForURL(/result/), page.keyboard.press('Space')]);
    expect((await waiting).status).toBe(200);
    await context.close();
  },
);

/** @shows RFC 10027 §6.1.16 */
test('a stray Enter in a field of the confirmation decides nothing', async () => {
  const login = await site.startLogin('Lure');
  const context = await site.browse({}, await site.signUp());
  const page = await context.newPage();
  await page.goto(`/device?user_code=${login.user_code}`);
  await tabTo(page, ({ name }) => name === 'verification');
  await Promise.all([page.waitForURL(/decision/), page.keyboard.press('Enter')]);
  await page.locator('[role=alert]', { hasText: 'choose Deny or Approve' }).waitFor();
  await page.locator('summary').click();
  await page.locator('#access').selectOption('identity.new');
  await page.locator('[name=identity_name]').press('Enter');
  await page.locator('[name=identity_name]').fill('Night shift');
  await page.keyboard.press('Enter');
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))');
  expect(await page.locator('[name=identity_name]').inputValue()).toBe('Night shift');
  expect((await poll(site.url, login.device_code)).body.error).toBe('authorization_pending');
  await context.close();
});

test('what went wrong is announced, said by the title too, and the focus is in the field to mend', async () => {
  const context = await site.browse({}, await site.signUp());
  const page = await context.newPage();
  await page.goto('/device');
  await focusIn(page, 'user_code');
  await page.keyboard.type('bcdf ghjk');
  await Promise.all([page.waitForURL(/user_code/), page.keyboard.press('Enter')]);
  const alert = page.locator('[role=alert]');
  expect(await page.title()).toMatch(/^Problem: /);
  const field = page.locator('[name=user_code]:focus');
  expect((await field.getAttribute('aria-describedby'))?.split(' ')).toContain(
    await alert.getAttribute('id'),
  );
  expect(await field.getAttribute('aria-invalid')).toBe('true');
  await context.close();
});

test('the page after an approval tells within a second, in its live region, that the program has collected', async () => {
  const login = await site.startLogin('Moon agent', '2001:db8:5:5::9');
  const person = await site.signUp();
  const context = await site.browse({ extraHTTPHeaders: { 'x-forwarded-for': '2001:db8:5:5::1' } }, person);
  const page = await context.newPage();
  await page.goto(`/device?user_code=${login.user_code}`);
  await Promise.all([page.waitForURL(/result/), page.locator('[value=approve]').click()]);
  const live = page.locator('[role=status]');
  const before = await live.innerText();
  const collected = (await live.getAttribute('data-collected')) ?? '';
  expect(collected).not.toBe('');
  expect(before).not.toBe(collected);
  expect((await wait(site.url, login.device_code)).status).toBe(200);
  // A busy machine is given more time than the second, and less than the half minute after which the page would ask by itself.
  await page.getByText(collected).waitFor({ timeout: 10_000 });
  await context.close();
});

test('a password can be shown while it is typed, by the keyboard too, and is hidden again when it is sent', async () => {
  const context = await site.browse();
  const page = await context.newPage();
  await page.goto('/signin');
  const field = page.locator('#password');
  await field.fill('what was typed');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect([await field.getAttribute('type'), await field.inputValue()]).toEqual(['text', 'what was typed']);
  await page.getByRole('button', { name: 'Hide the password' }).click();
  expect(await field.getAttribute('type')).toBe('password');
  await context.close();
});
