import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { fill, type Scene, type Visit } from './scene.ts';

/** Goes to the provider by its button and answers there; ends back on our page. */
async function signInThrough(page: Page, answer: Readonly<Record<string, string>> | 'cancel'): Promise<void> {
  await beginThrough(page, answer);
  await page.waitForURL(/callback/);
}

async function beginThrough(page: Page, answer: Readonly<Record<string, string>> | 'cancel'): Promise<void> {
  await page.goto('/signin');
  await page.locator('a[href="/signin/one"]').click();
  await answerThere(page, answer);
}

async function answerThere(page: Page, answer: Readonly<Record<string, string>> | 'cancel'): Promise<void> {
  const form = page.locator('form');
  await form.waitFor();
  if (answer === 'cancel') {
    await form.locator('[value=cancel]').click();
  } else {
    const { verified, ...fields } = answer;
    for (const [name, value] of Object.entries(fields)) await form.locator(`[name=${name}]`).fill(value);
    await form.locator('[name=verified]').setChecked(verified === 'on');
    await form.locator('button:not([value=cancel])').click();
  }
}

const security = '/account/security';

/** Somebody whom the provider vouches for. */
const somebody = () => {
  const sub = `person-${randomUUID()}`;
  return { sub, email: `${sub}@example.com`, verified: 'on' };
};

/** Somebody with a proven address presses the button of the first provider, with this password or their own. */
async function beginToLink({ site, page }: Visit, password?: string): Promise<void> {
  const person = await site.signUp();
  await site.proveAddress(person);
  await site.signInBrowser(page.context(), person);
  await page.goto(security);
  const form = page.locator(`form[action="${security}/link"]`);
  await form.locator('[name=password]').fill(password ?? person.password);
  await form.locator('button[name=provider]').first().click();
}

/** What is met when people link providers to their account. */
const linkScenes: readonly Scene[] = [
  {
    name: 'provider-linked',
    status: 200,
    signedIn: false,
    open: async (visit) => {
      const { page } = visit;
      await beginToLink(visit);
      await answerThere(page, somebody());
      await page.waitForURL(/done=linked/);
    },
  },
  {
    name: 'provider-link-password-wrong',
    status: 401,
    signedIn: false,
    open: async (visit) => {
      await beginToLink(visit, 'a guess');
      await visit.page.waitForURL(/link$/);
    },
  },
  {
    name: 'provider-last-way-in',
    status: 409,
    signedIn: false,
    open: async ({ page }) => {
      await beginThrough(page, somebody());
      await page.waitForURL(/\/device/);
      await page.goto(security);
      await fill(page, `${security}/unlink`, {});
    },
  },
];

/** What is met when signing in through a provider comes to nothing. */
export const providerScenes: readonly Scene[] = [
  {
    name: 'provider-declined',
    status: 403,
    signedIn: false,
    open: ({ page }) => signInThrough(page, 'cancel'),
  },
  {
    name: 'provider-address-taken',
    status: 409,
    signedIn: false,
    // A subject of its own for each look: two first sign-ins of one subject at a time are told to wait for each other.
    open: async ({ page, person, site }) => {
      await site.proveAddress(person);
      await signInThrough(page, { sub: `other-${randomUUID()}`, email: person.email, verified: 'on' });
    },
  },
  {
    name: 'provider-address-unverified',
    status: 403,
    signedIn: false,
    open: ({ page, person }) => signInThrough(page, { sub: `unverified-${person.user.id}` }),
  },
  {
    name: 'provider-not-asked-again',
    status: 403,
    signedIn: false,
    // Somebody who is signed in there, and keeps the provider from asking who they are.
    open: async ({ page }) => {
      await beginThrough(page, somebody());
      await page.waitForURL(/\/device/);
      const begun = await page.request.get('/signin/one', { maxRedirects: 0 });
      const way = new URL(begun.headers()['location'] ?? '');
      for (const name of ['prompt', 'max_age']) way.searchParams.delete(name);
      await page.goto(way.href);
      await page.waitForURL(/callback/);
    },
  },
  {
    name: 'provider-answer-unmatched',
    status: 400,
    signedIn: false,
    open: ({ page }) => page.goto(`/signin/one/callback?state=${'A'.repeat(43)}&code=x`),
  },
  {
    name: 'provider-down',
    status: 503,
    signedIn: false,
    open: async ({ page }) => {
      await page.goto('/signin');
      await page.locator('a[href="/signin/down"]').click();
      await page.waitForURL(/signin.down/);
    },
  },
  ...linkScenes,
];

/** What is met where people sign in through providers alone. */
export const providersOnlyScenes: readonly Scene[] = [
  { name: 'sign-in-by-provider', status: 200, signedIn: false, open: ({ page }) => page.goto('/signin') },
  { name: 'no-sign-up', status: 404, signedIn: false, open: ({ page }) => page.goto('/signup') },
];

/** What is met while the operator has switched logins off. */
export const switchedOffScenes: readonly Scene[] = [
  { name: 'switched-off-home', status: 200, signedIn: false, open: ({ page }) => page.goto('/') },
  { name: 'switched-off-code', status: 200, signedIn: true, open: ({ page }) => page.goto('/device') },
  {
    name: 'switched-off-unknown',
    status: 404,
    signedIn: true,
    open: async ({ page }) => {
      await page.goto('/device');
      await fill(page, '/device/code', { user_code: 'BCDF-GHJK' });
    },
  },
];
