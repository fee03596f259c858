import { wait } from '../../support/program.ts';
import { type Scene, tamper, type Visit } from './scene.ts';

/** Opens the confirmation of a fresh login. */
async function confirmation({ page, site }: Visit, clientName = 'Moon agent') {
  const login = await site.startLogin(clientName);
  await page.goto(`/device?user_code=${login.user_code}`);
  return login;
}

const press = async ({ page }: Visit, decision: 'approve' | 'deny') => {
  await Promise.all([page.waitForNavigation(), page.locator(`button[value=${decision}]`).click()]);
};

/** The confirmation, and what follows a decision. */
export const decisionScenes: readonly Scene[] = [
  { name: 'confirm', status: 200, signedIn: true, open: (visit) => confirmation(visit) },
  {
    name: 'confirm-same-network',
    status: 200,
    signedIn: true,
    open: async ({ page, site }) => {
      const login = await site.startLogin(undefined, '2001:db8:1:1::9');
      await page.setExtraHTTPHeaders({ 'x-forwarded-for': '2001:db8:1:1::2' });
      await page.goto(`/device?user_code=${login.user_code}`);
    },
  },
  {
    name: 'confirm-long-name',
    status: 200,
    signedIn: true,
    open: (visit) => confirmation(visit, 'Ünbrėakable'.repeat(6).slice(0, 64)),
  },
  {
    name: 'confirm-several-identities',
    status: 200,
    signedIn: true,
    open: async (visit) => {
      const { site, person } = visit;
      const { user_code: code } = await site.startLogin();
      await person.approveWith(site.url, code, { identity_uuid: 'new', identity_name: 'Night shift' });
      await confirmation(visit);
    },
  },
  {
    name: 'confirm-undecided',
    status: 400,
    signedIn: true,
    open: async (visit) => {
      await confirmation(visit);
      await tamper(visit.page, '/device/decision', { decision: '' });
    },
  },
  {
    name: 'confirm-identity-gone',
    status: 400,
    signedIn: true,
    open: async (visit) => {
      await confirmation(visit);
      await tamper(visit.page, '/device/decision', {
        decision: 'approve',
        access: 'identity.00000000-0000-4000-8000-000000000000',
      });
    },
  },
  {
    name: 'approved',
    status: 200,
    signedIn: true,
    open: async (visit) => {
      await confirmation(visit);
      await press(visit, 'approve');
    },
  },
  {
    name: 'approved-and-collected',
    status: 200,
    signedIn: true,
    open: async (visit) => {
      const login = await confirmation(visit);
      await Promise.all([wait(visit.site.url, login.device_code), press(visit, 'approve')]);
    },
  },
  {
    name: 'denied',
    status: 200,
    signedIn: true,
    open: async (visit) => {
      await confirmation(visit);
      await press(visit, 'deny');
    },
  },
  {
    name: 'approved-and-late',
    status: 200,
    signedIn: true,
    open: async (visit) => {
      const login = await confirmation(visit);
      await press(visit, 'approve');
      await visit.site.backdateApproval(login, 31_000);
      await visit.page.reload();
    },
  },
  {
    name: 'approved-and-never-came',
    status: 200,
    signedIn: true,
    open: async (visit) => {
      const login = await confirmation(visit);
      await press(visit, 'approve');
      await visit.site.expire(login);
      await visit.page.reload();
    },
  },
  {
    name: 'approved-long-ago',
    status: 200,
    signedIn: true,
    open: async (visit) => {
      const login = await confirmation(visit);
      await press(visit, 'approve');
      await visit.site.forget(login);
      await visit.page.reload();
    },
  },
  {
    name: 'result-of-nobody-here',
    status: 404,
    signedIn: true,
    open: ({ page }) => page.goto('/device/result?user_code=BCDF-GHJK'),
  },
  {
    name: 'approved-before-denying',
    status: 200,
    signedIn: true,
    open: async (visit) => {
      const login = await confirmation(visit);
      await visit.person.approve(visit.site.url, login.user_code);
      await press(visit, 'deny');
    },
  },
  {
    name: 'denied-before-approving',
    status: 200,
    signedIn: true,
    open: async (visit) => {
      const login = await confirmation(visit);
      await visit.person.deny(visit.site.url, login.user_code);
      await press(visit, 'approve');
    },
  },
  {
    name: 'decided-by-somebody-else',
    status: 404,
    signedIn: true,
    open: async (visit) => {
      const login = await confirmation(visit);
      await (await visit.site.signUp()).deny(visit.site.url, login.user_code);
      await press(visit, 'approve');
    },
  },
  {
    name: 'expired-meanwhile',
    status: 404,
    signedIn: true,
    open: async (visit) => {
      const login = await confirmation(visit);
      await visit.site.expire(login);
      await press(visit, 'approve');
    },
  },
  {
    name: 'signed-out-meanwhile',
    status: 200,
    signedIn: true,
    open: async (visit) => {
      await confirmation(visit);
      await visit.page.context().clearCookies();
      await press(visit, 'approve');
    },
  },
];
