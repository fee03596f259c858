import { runAccounts } from '../../support/accounts-tool.ts';
import { logIn } from '../../support/logged-in.ts';
import { fill, type Scene, tamper, type Visit } from './scene.ts';

const programs = async ({ site, person }: Visit) => {
  await logIn(site.url, person, 'Moon agent');
  await logIn(site.url, person, 'Night shift', { key_scope: 'identity', key_ttl: 86_400 });
};

/** The path of a one-time link that an operator made. */
const resetLink = async ({ site, person }: Visit) => {
  const run = await runAccounts(site.redisServer.url, ['reset-link', person.email, '--json']);
  const url = new URL(String(run.documents[0]?.['url']));
  return url.pathname + url.search;
};

/** What a signed-in person sees of the account, and the page with the picture of a code. */
export const accountScenes: readonly Scene[] = [
  {
    name: 'sessions',
    status: 200,
    signedIn: true,
    open: async ({ page, site, person }) => {
      await site.signInAgain(person);
      await page.goto('/account/sessions');
    },
  },
  {
    name: 'programs-none',
    status: 200,
    signedIn: true,
    open: ({ page }) => page.goto('/account/programs'),
  },
  {
    name: 'programs',
    status: 200,
    signedIn: true,
    open: async (visit) => {
      await programs(visit);
      await visit.page.goto('/account/programs');
    },
  },
  ...(['program', 'notMe'] as const).map((end): Scene => ({
    name: `programs-${end === 'program' ? 'ended' : 'not-me'}`,
    status: 200,
    signedIn: true,
    open: async (visit) => {
      await programs(visit);
      const { page } = visit;
      await page.goto('/account/programs');
      await Promise.all([page.waitForNavigation(), page.locator(`[value^="${end}."]`).first().click()]);
    },
  })),
  {
    name: 'password',
    status: 200,
    signedIn: true,
    open: ({ page }) => page.goto('/account/password'),
  },
  {
    name: 'password-wrong',
    status: 401,
    signedIn: true,
    open: async ({ page }) => {
      await page.goto('/account/password');
      const fields = { current_password: 'not the password', new_password: 'another long password' };
      await fill(page, '/account/password', fields);
    },
  },
  {
    name: 'reset',
    status: 200,
    signedIn: false,
    // A newer link ends the older: one way after the other.
    alone: true,
    open: async (visit) => visit.page.goto(await resetLink(visit)),
  },
  {
    name: 'reset-weak-password',
    status: 400,
    signedIn: false,
    // A newer link ends the older: one way after the other.
    alone: true,
    open: async (visit) => {
      await visit.page.goto(await resetLink(visit));
      await tamper(visit.page, '/reset', { new_password: 'short' });
    },
  },
  {
    name: 'reset-done',
    status: 200,
    signedIn: false,
    // A newer link ends the older: one way after the other.
    alone: true,
    open: async (visit) => {
      await visit.page.goto(await resetLink(visit));
      await fill(visit.page, '/reset', { new_password: 'another long password' });
    },
  },
  {
    name: 'reset-link-spent',
    status: 410,
    signedIn: false,
    open: ({ page }) => page.goto('/reset?link=1.AAAAAAAAAAAAAAAAAAAAAAAAAAA'),
  },
  {
    name: 'qr',
    status: 200,
    signedIn: false,
    open: async ({ page, site }) => page.goto(`/device/qr?user_code=${(await site.startLogin()).user_code}`),
  },
  {
    name: 'qr-of-no-code',
    status: 404,
    signedIn: false,
    open: ({ page }) => page.goto('/device/qr?user_code=none'),
  },
];
