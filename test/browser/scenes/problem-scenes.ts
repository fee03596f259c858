import { fill, type Scene, tamper } from './scene.ts';

/** The pages for when nothing else can be shown. */
export const problemScenes: readonly Scene[] = [
  { name: 'not-found', status: 404, signedIn: false, open: ({ page }) => page.goto('/nothing') },
  {
    name: 'stale-form',
    status: 403,
    signedIn: true,
    open: async ({ page }) => {
      await page.goto('/device');
      await tamper(page, '/device/code', { csrf_token: 'of yesterday', user_code: 'BCDF-GHJK' });
    },
  },
  {
    name: 'cookies-blocked',
    status: 403,
    signedIn: false,
    open: async ({ page }) => {
      await page.goto('/signin');
      await page.context().clearCookies();
      await fill(page, '/signin', { email: 'ada@example.com', password: 'long enough password' });
    },
  },
  {
    name: 'from-another-site',
    status: 403,
    signedIn: true,
    open: async ({ page, site }) => {
      const form = `<form method="post" action="${site.url}/device/code"><input name="user_code" value="BCDF-GHJK"></form>`;
      await page.route('http://evil.example/', (route) =>
        route.fulfill({ contentType: 'text/html', body: form }),
      );
      await page.goto('http://evil.example/');
      await tamper(page, `${site.url}/device/code`, {});
    },
  },
  {
    name: 'unreadable-form',
    status: 400,
    signedIn: true,
    open: async ({ page, site }) => {
      const login = await site.startLogin();
      await page.goto(`/device?user_code=${login.user_code}`);
      await tamper(page, '/device/decision', { decision: 'approve', key_ttl: 'tomorrow' });
    },
  },
  {
    name: 'our-fault',
    status: 500,
    signedIn: true,
    open: async ({ page, site }) => {
      await site.spoilSession(page.context());
      await page.goto('/device');
    },
  },
  {
    name: 'unavailable',
    status: 503,
    signedIn: true,
    alone: true,
    open: async ({ page, site }) => {
      site.redisServer.freeze();
      await page.goto('/device').finally(() => site.redisServer.thaw());
    },
  },
];
