import { fill, type Scene } from './scene.ts';

/** What a person sees of their account besides its programs and sessions. */
export const ownScenes: readonly Scene[] = [
  {
    name: 'activity',
    status: 200,
    signedIn: true,
    open: async ({ page, site, person }) => {
      const { user_code: code } = await site.startLogin('Moon agent');
      await person.approve(site.url, code);
      await page.goto('/account/activity');
    },
  },
  { name: 'delete', status: 200, signedIn: true, open: ({ page }) => page.goto('/account/delete') },
  {
    name: 'delete-wrong-password',
    status: 401,
    signedIn: true,
    open: async ({ page }) => {
      await page.goto('/account/delete?step=last');
      await fill(page, '/account/delete', { current_password: 'not the password' });
    },
  },
  { name: 'deleted', status: 200, signedIn: false, open: ({ page }) => page.goto('/account/deleted') },
];
