import type { DeviceCodeResponse } from '@ravi/contract';
import { DpopKey } from '../../support/dpop-key.ts';
import { OAuthClient } from '../../support/oauth-client.ts';
import type { Scene, Visit } from './scene.ts';

/** The login of which the confirmation shows most: with its country, and a program whose key this account approved before. */
export const knownProgram = {
  OAUTH_CLIENTS: JSON.stringify([
    { client_id: 'acme-notes', client_name: 'Acme Notes', scopes: ['account', 'notes:read'] },
  ]),
  SCOPE_DESCRIPTIONS: '{"notes:read": {"en": "Read your notes", "de": "Ihre Notizen lesen"}}',
  LOCATION_HEADER: 'CF-IPCountry',
};

async function comesAgain({ page, site, person }: Visit): Promise<void> {
  const client = new OAuthClient(site.url, 'acme-notes');
  const key = new DpopKey();
  const headers = { 'x-forwarded-for': '203.0.113.77', 'cf-ipcountry': 'DE' };
  const proof = () => ({ dpop: key.proof('POST', `${site.url}/oauth/token`) });
  const start = async () => {
    const { body } = await client.call<DeviceCodeResponse>('device_authorization', {}, headers);
    await client.poll(body.device_code, proof());
    return body;
  };
  const first = await start();
  await person.approve(site.url, first.user_code);
  await client.wait(first.device_code, proof());
  await page.goto(`/device?user_code=${(await start()).user_code}`);
}

/** What is met where an operator has made the pages their own. */
export const brandScenes: readonly Scene[] = [
  { name: 'brand-home', status: 200, signedIn: false, open: ({ page }) => page.goto('/') },
  { name: 'brand-sign-in', status: 200, signedIn: false, open: ({ page }) => page.goto('/signin') },
  { name: 'brand-confirm', status: 200, signedIn: true, open: comesAgain },
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
