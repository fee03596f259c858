import { fill, type Scene } from './scene.ts';

/** The page that asks for the code, and what it says of codes that lead nowhere. */
export const codeScenes: readonly Scene[] = [
  { name: 'enter-code', status: 200, signedIn: true, open: ({ page }) => page.goto('/device') },
  {
    name: 'code-incomplete',
    status: 400,
    signedIn: true,
    open: async ({ page }) => {
      await page.goto('/device');
      await fill(page, '/device/code', { user_code: 'BCD' });
    },
  },
  {
    name: 'code-impossible',
    status: 400,
    signedIn: true,
    open: async ({ page }) => {
      await page.goto('/device');
      await fill(page, '/device/code', { user_code: 'BCDF-GHJ0' });
    },
  },
  {
    name: 'code-unknown',
    status: 404,
    signedIn: true,
    open: async ({ page }) => {
      await page.goto('/device');
      await fill(page, '/device/code', { user_code: 'bcdf ghjk' });
    },
  },
  {
    name: 'code-expired',
    status: 404,
    signedIn: true,
    open: async ({ page, site }) => {
      const login = await site.startLogin();
      await site.expire(login);
      await page.goto('/device');
      await fill(page, '/device/code', { user_code: login.user_code });
    },
  },
  {
    name: 'code-used',
    status: 409,
    signedIn: true,
    open: async ({ page, site }) => {
      const login = await site.startLogin();
      await (await site.signUp()).deny(site.url, login.user_code);
      await page.goto('/device');
      await fill(page, '/device/code', { user_code: login.user_code });
    },
  },
  {
    name: 'code-too-many-guesses',
    status: 429,
    signedIn: true,
    open: async ({ page, site, person }) => {
      for (const letter of 'BCDFG') await person.approve(site.url, `ZZZZ-ZZZ${letter}`);
      await page.goto('/device');
      await fill(page, '/device/code', { user_code: 'BCDF-GHJK' });
    },
  },
];
