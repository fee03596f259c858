import type { Page } from 'playwright-core';
import { totpCode } from '../../support/authenticator-app.ts';
import type { Person } from '../../support/person.ts';
import { type Asked, SoftwarePasskey } from '../../support/software-passkey.ts';
import { fill, type Scene, tamper, type Visit } from './scene.ts';

const security = '/account/security';
const app = `${security}/app`;

/** Somebody without second factors signs in: a new person for each look, so that looks share no factors. */
async function fresh({ site, page }: Visit): Promise<Person> {
  const person = await site.signUp();
  await site.signInBrowser(page.context(), person);
  return person;
}

/** They set up an authenticator app: the page shows their recovery codes. */
async function withApp(visit: Visit): Promise<Person> {
  const person = await fresh(visit);
  await visit.page.goto(app);
  const secret = (await visit.page.locator('input[name=secret]').getAttribute('value')) ?? '';
  await fill(visit.page, app, { code: totpCode(secret), current_password: person.password });
  return person;
}

/** What the form asks of the browser's passkeys. */
async function askedBy(page: Page, action: string): Promise<Asked> {
  const options = await page.locator(`form[action="${action}"]`).getAttribute('data-options');
  return JSON.parse(options ?? '') as Asked;
}

/** They add a passkey: the first factor takes the password. */
async function addPasskey(
  { site, page }: Visit,
  name: string,
  current_password = '',
): Promise<SoftwarePasskey> {
  await page.goto(security);
  const passkey = new SoftwarePasskey(site.url);
  const action = `${security}/passkeys`;
  const answer = passkey.register(await askedBy(page, action));
  await tamper(page, action, { answer, name, current_password });
  return passkey;
}

/** They sign in somewhere else, as far as the second step. */
async function secondStep({ page }: Visit, { email, password }: Person): Promise<void> {
  await page.context().clearCookies();
  await page.goto('/signin');
  await fill(page, '/signin', { email, password });
}

/** They are about to remove the only factor that they have. */
async function removeLast(visit: Visit): Promise<void> {
  await withApp(visit);
  await visit.page.goto(security);
  await tamper(visit.page, `${security}/remove`, {});
}

/** What is met around second factors, where nobody approves without one. */
export const factorScenes: readonly Scene[] = [
  {
    name: 'factor-required',
    status: 200,
    signedIn: false,
    open: async (visit) => {
      await fresh(visit);
      const { user_code: code } = await visit.site.startLogin('Moon agent');
      await visit.page.goto(`/device?user_code=${code}`);
    },
  },
  {
    name: 'factor-app-wrong-code',
    status: 400,
    signedIn: false,
    open: async (visit) => {
      const { password } = await fresh(visit);
      await visit.page.goto(app);
      await fill(visit.page, app, { code: '12345', current_password: password });
    },
  },
  { name: 'factor-recovery-codes', status: 200, signedIn: false, open: withApp },
  {
    name: 'factor-app-and-passkeys',
    status: 200,
    signedIn: false,
    open: async (visit) => {
      await withApp(visit);
      await addPasskey(visit, 'work laptop');
      await visit.page.goto(`${security}?done=passkey`);
    },
  },
  {
    name: 'factor-app-replaced',
    status: 200,
    signedIn: false,
    open: async (visit) => {
      await withApp(visit);
      await visit.page.goto(app);
    },
  },
  {
    name: 'factor-passkey-refused',
    status: 400,
    signedIn: false,
    open: async (visit) => {
      const { password } = await fresh(visit);
      await visit.page.goto(security);
      await tamper(visit.page, `${security}/passkeys`, { answer: '{}', current_password: password });
    },
  },
  {
    name: 'factor-remove-last-wrong-password',
    status: 401,
    signedIn: false,
    open: async (visit) => {
      await removeLast(visit);
      await fill(visit.page, `${security}/remove`, { password: 'not the password' });
    },
  },
  {
    name: 'second-step',
    status: 200,
    signedIn: false,
    open: async (visit) => {
      const person = await withApp(visit);
      await addPasskey(visit, 'work laptop');
      await secondStep(visit, person);
    },
  },
  {
    name: 'second-step-wrong-code',
    status: 401,
    signedIn: false,
    open: async (visit) => {
      await secondStep(visit, await withApp(visit));
      await fill(visit.page, '/signin/second-step', { code: '12345' });
    },
  },
  {
    name: 'second-step-by-passkey-alone',
    status: 200,
    signedIn: false,
    open: async (visit) => {
      const person = await fresh(visit);
      await addPasskey(visit, 'security key', person.password);
      await secondStep(visit, person);
    },
  },
  {
    name: 'once-more',
    status: 200,
    signedIn: false,
    open: async (visit) => {
      const { password } = await fresh(visit);
      await addPasskey(visit, 'work laptop', password);
      await visit.page.goto('/signin/once-more?next=security');
    },
  },
  {
    name: 'once-more-wrong-password',
    status: 401,
    signedIn: false,
    open: async (visit) => {
      await fresh(visit);
      await visit.page.goto('/signin/once-more?next=security');
      await fill(visit.page, '/signin/once-more', { password: 'not the password' });
    },
  },
  {
    name: 'passkey-unknown',
    status: 401,
    signedIn: false,
    open: async ({ page, site }) => {
      await page.goto('/signin');
      const action = '/signin/by-passkey';
      const stranger = new SoftwarePasskey(site.url);
      await tamper(page, action, { answer: stranger.sign(await askedBy(page, action)) });
    },
  },
];
