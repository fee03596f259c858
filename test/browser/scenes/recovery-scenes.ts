import { fill, type Scene, tamper } from './scene.ts';

/** A forgotten password, and the proof of an address. */
export const recoveryScenes: readonly Scene[] = [
  { name: 'forgot', status: 200, signedIn: false, open: ({ page }) => page.goto('/forgot') },
  {
    name: 'forgot-no-address',
    status: 400,
    signedIn: false,
    open: async ({ page }) => {
      await page.goto('/forgot');
      await tamper(page, '/forgot', { email: 'ada' });
    },
  },
  {
    name: 'forgot-sent',
    status: 200,
    signedIn: false,
    open: async ({ page }) => {
      await page.goto('/forgot');
      await fill(page, '/forgot', { email: 'ada@example.com' });
    },
  },
  {
    name: 'verify',
    status: 200,
    signedIn: false,
    // A newer link ends the older: one way after the other.
    alone: true,
    open: async ({ page, site, person }) => page.goto(await site.verificationLink(person)),
  },
  {
    name: 'verified',
    status: 200,
    signedIn: false,
    alone: true,
    open: async ({ page, site, person }) => {
      await page.goto(await site.verificationLink(person));
      await fill(page, '/verify', {});
    },
  },
  {
    name: 'verification-spent',
    status: 410,
    signedIn: false,
    open: ({ page }) => page.goto('/verify?link=1.AAAAAAAAAAAAAAAAAAAAAAAAAAA'),
  },
  {
    name: 'address',
    status: 200,
    signedIn: true,
    open: ({ page }) => page.goto('/account/address'),
  },
  {
    name: 'address-wrong-password',
    status: 401,
    signedIn: true,
    open: async ({ page }) => {
      await page.goto('/account/address');
      const fields = { email: 'new@example.com', current_password: 'not the password' };
      await fill(page, '/account/address', fields);
    },
  },
  {
    name: 'address-link-sent',
    status: 200,
    signedIn: true,
    open: ({ page }) => page.goto('/account/sessions?done=address'),
  },
  {
    name: 'address-confirm',
    status: 200,
    signedIn: false,
    alone: true,
    open: async ({ page, site, person }) => page.goto(await site.addressLink(person, 'new@example.com')),
  },
  {
    name: 'address-changed',
    status: 200,
    signedIn: false,
    alone: true,
    open: async ({ page, site, person }) => {
      await page.goto(await site.addressLink(person, `new-${person.email}`));
      await fill(page, '/account/address/confirm', {});
    },
  },
  {
    name: 'address-taken',
    status: 409,
    signedIn: false,
    alone: true,
    open: async ({ page, site, person }) => {
      await page.goto(await site.addressLink(person, (await site.signUp()).email));
      await fill(page, '/account/address/confirm', {});
    },
  },
  {
    name: 'address-link-spent',
    status: 410,
    signedIn: false,
    open: ({ page }) => page.goto('/account/address/confirm?link=1.AAAAAAAAAAAAAAAAAAAAAAAAAAA'),
  },
  {
    name: 'undo',
    status: 200,
    signedIn: false,
    open: async ({ page, site }) => page.goto(await site.undoLink(await site.signUp())),
  },
  {
    name: 'undo-wrong-password',
    status: 401,
    signedIn: false,
    open: async ({ page, site }) => {
      await page.goto(await site.undoLink(await site.signUp()));
      await fill(page, '/account/undo', { password: 'not the password' });
    },
  },
  {
    name: 'undone',
    status: 200,
    signedIn: false,
    open: async ({ page, site }) => {
      const other = await site.signUp();
      await page.goto(await site.undoLink(other));
      await fill(page, '/account/undo', { password: other.password });
    },
  },
  {
    name: 'undo-link-over',
    status: 410,
    signedIn: false,
    open: ({ page }) => page.goto('/account/undo?link=1.AAAAAAAAAAAAAAAAAAAAAAAAAAA'),
  },
  {
    name: 'sessions-verification-sent',
    status: 200,
    signedIn: true,
    open: ({ page }) => page.goto('/account/sessions?done=verification'),
  },
];

/** The same where no mail is sent. */
export const askingScene: Scene = {
  name: 'forgot-without-mail',
  status: 200,
  signedIn: false,
  open: ({ page }) => page.goto('/forgot'),
};
