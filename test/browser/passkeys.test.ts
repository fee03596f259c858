import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { totpCode } from '../support/authenticator-app.ts';
import { sizes } from '../support/browser/looks.ts';
import { Site } from '../support/browser/site.ts';
import { wait } from '../support/program.ts';

let site: Site;
beforeAll(async () => {
  site = await Site.open({ REQUIRE_SECOND_FACTOR: 'on' }, 'localhost');
});
afterAll(() => site.close());

/** Gives the browser of this page an authenticator that knows its person. */
async function giveAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

const look = (page: Page, name: string) =>
  page.screenshot({ path: `artifacts/screenshots/factor-${name}.png`, fullPage: true });

test.each(['phone', 'desktop'] as const)(
  'on a %s, a person who needs a second factor makes a passkey, approves, and signs in with it alone',
  async (size) => {
    const login = await site.startLogin('Moon agent');
    const page = await (await site.browse({ viewport: sizes[size] })).newPage();
    await giveAuthenticator(page);
    await page.goto(login.verification_uri_complete);
    await page.locator('a[href^="/signup"]').click();
    await page.locator('input[name=email]').fill(`${randomUUID()}@example.com`);
    await page.locator('input[name=password]').fill('long enough password');
    await Promise.all([page.waitForURL(/account\/security/), page.keyboard.press('Enter')]);
    await look(page, `required-${size}`);
    await page.locator('input[name=name]').fill('this phone');
    await page.locator('input[name=current_password]').fill('long enough password');
    await page.getByRole('button', { name: 'Add a passkey' }).dblclick();
    await page.getByText('Your recovery codes').waitFor();
    expect((await page.locator('pre').innerText()).split('\n')).toHaveLength(10);
    await look(page, `recovery-codes-${size}`);
    await page.getByRole('link', { name: 'I have saved them' }).click();
    await look(page, `one-passkey-${size}`);
    // From here they go on to the code.
    expect(await page.getByRole('link', { name: 'Continue' }).getAttribute('href')).toContain(
      login.user_code,
    );
    await page.goto('/account/security/app');
    await look(page, `app-${size}`);
    const secret = (await page.locator('input[name=secret]').getAttribute('value')) ?? '';
    await page.locator('input[name=code]').fill(totpCode(secret));
    await Promise.all([page.waitForURL(/done=app/), page.keyboard.press('Enter')]);
    await look(page, `both-${size}`);
    await page.goto(login.verification_uri_complete);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Approved').first().waitFor();
    expect((await wait(site.url, login.device_code)).status).toBe(200);
    await page.getByRole('button', { name: /Sign out/ }).click();
    await page.goto('/signin?next=sessions');
    await look(page, `sign-in-${size}`);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.waitForURL(/account\/sessions/);
    await page.goto('/signin/once-more?next=security');
    await look(page, `once-more-${size}`);
    // A second click while the answer is on its way sends nothing.
    await page.evaluate(`{
      const form = document.querySelector('form[action="/signin/by-passkey"]');
      const send = form.submit.bind(form);
      form.submit = () => {
        send();
        const note = ({ defaultPrevented }) => (sessionStorage.secondClick = defaultPrevented ? 'nothing' : 'sent');
        form.addEventListener('submit', note, { once: true });
        form.requestSubmit();
      };
    }`);
    await page.getByRole('button', { name: 'Use your passkey' }).click();
    await page.getByRole('heading', { name: 'How you sign in' }).waitFor({ timeout: 20_000 });
    expect(await page.evaluate('sessionStorage.secondClick')).toBe('nothing');
  },
);
