import { fill, type Scene, tamper, type Visit } from './scene.ts';

const wrongPassword = ({ person }: Visit) => ({ email: person.email, password: 'not the password' });

/** What is met before a code can be looked at: the front page, signing in and signing up. */
export const frontScenes: readonly Scene[] = [
  { name: 'home', status: 200, signedIn: false, open: ({ page }) => page.goto('/') },
  { name: 'sign-in', status: 200, signedIn: false, open: ({ page }) => page.goto('/signin') },
  {
    name: 'sign-in-for-a-code',
    status: 200,
    signedIn: false,
    open: async ({ page, site }) => page.goto((await site.startLogin()).verification_uri_complete),
  },
  {
    name: 'sign-in-wrong-password',
    status: 401,
    signedIn: false,
    open: async (visit) => {
      await visit.page.goto('/signin');
      await fill(visit.page, '/signin', wrongPassword(visit));
    },
  },
  {
    name: 'sign-in-too-many-attempts',
    status: 429,
    signedIn: false,
    open: async (visit) => {
      await visit.site.tryPasswords(visit.page, 20);
      await visit.page.goto('/signin');
      await fill(visit.page, '/signin', wrongPassword(visit));
    },
  },
  {
    name: 'sign-in-incomplete',
    status: 400,
    signedIn: false,
    open: async ({ page }) => {
      await page.goto('/signin');
      await tamper(page, '/signin', { email: '', password: '' });
    },
  },
  { name: 'sign-up', status: 200, signedIn: false, open: ({ page }) => page.goto('/signup') },
  {
    name: 'sign-up-weak-password',
    status: 400,
    signedIn: false,
    open: async ({ page }) => {
      await page.goto('/signup');
      await tamper(page, '/signup', { email: 'ada@example.com', password: 'short' });
    },
  },
  ...Object.entries({
    common: 'PassWord-1234567',
    repeated: 'abcabcabcabcabcabc',
    'made-of-the-address': 'ada@example.com 17',
  }).map(([fault, password]): Scene => ({
    name: `sign-up-password-${fault}`,
    status: 400,
    signedIn: false,
    open: async ({ page }) => {
      await page.goto('/signup');
      await tamper(page, '/signup', { email: 'ada@example.com', password });
    },
  })),
  {
    name: 'sign-up-no-address',
    status: 400,
    signedIn: false,
    open: async ({ page }) => {
      await page.goto('/signup');
      await tamper(page, '/signup', { email: 'ada', password: 'long enough password' });
    },
  },
  {
    name: 'sign-up-address-taken',
    status: 409,
    signedIn: false,
    open: async ({ page, person }) => {
      await page.goto('/signup');
      await fill(page, '/signup', { email: person.email, password: 'long enough password' });
    },
  },
];
