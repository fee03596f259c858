import type { Scene } from './scene.ts';

/** What is met where an operator has made the pages their own. */
export const brandScenes: readonly Scene[] = [
  { name: 'brand-home', status: 200, signedIn: false, open: ({ page }) => page.goto('/') },
  { name: 'brand-sign-in', status: 200, signedIn: false, open: ({ page }) => page.goto('/signin') },
  {
    name: 'brand-confirm',
    status: 200,
    signedIn: true,
    open: async ({ page, site }) =>
      page.goto((await site.startLogin('Moon agent')).verification_uri_complete),
  },
  {
    name: 'brand-approved',
    status: 200,
    signedIn: true,
    open: async ({ page, site }) => {
      await page.goto((await site.startLogin('Moon agent')).verification_uri_complete);
      await Promise.all([page.waitForNavigation(), page.locator('button[value=approve]').click()]);
    },
  },
  { name: 'brand-nowhere', status: 404, signedIn: false, open: ({ page }) => page.goto('/nowhere') },
];
