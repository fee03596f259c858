import { randomUUID } from 'node:crypto';
import type { DeviceCodeResponse } from '@ravi/contract';
import { BrowserVisit } from '../support/browser-visit.ts';
import { DpopKey } from '../support/dpop-key.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { type Deployment, deploy } from '../support/stack.ts';

const tokenUrl = 'http://login.localhost:3000/oauth/token';
const registered = {
  client_id: 'acme-notes',
  client_name: 'Acme Notes',
  scopes: ['account', 'identity', 'notes:read', 'mail'],
};

let deployment: Deployment;
beforeAll(async () => {
  deployment = await deploy({
    OAUTH_CLIENTS: JSON.stringify([registered]),
    SCOPE_DESCRIPTIONS:
      '{"notes:read": {"en": "Read your notes", "de": "Ihre Notizen lesen"}, "mail": "Send mail"}',
    LOCATION_HEADER: 'CF-IPCountry',
    TRUSTED_PROXY_HOPS: '1',
  });
});
afterAll(() => deployment.stop());

const api = () => deployment.urls[0];
const client = () => new OAuthClient(api(), 'acme-notes');

/** A login from this country. */
async function startLogin(country = 'DE') {
  const headers = { 'x-forwarded-for': '203.0.113.7', 'cf-ipcountry': country };
  const login = await client().call<DeviceCodeResponse>('device_authorization', {}, headers);
  return { deviceCode: login.body.device_code, userCode: login.body.user_code };
}

/** A login by a program that proves this key. */
async function startWithKey(key: DpopKey) {
  const login = await startLogin();
  const answer = await client().poll(login.deviceCode, { dpop: key.proof('POST', tokenUrl) });
  expect(answer.body.error).toBe('authorization_pending');
  return login;
}

async function signedUp(): Promise<BrowserVisit> {
  const visit = new BrowserVisit(api());
  await visit.open('/signup');
  await visit.submit('/signup', { email: `${randomUUID()}@example.com`, password: 'long enough password' });
  return visit;
}

/** What the page says of the program: first what it claims, then what we saw. */
async function shown(visit: BrowserVisit, userCode: string): Promise<readonly [string, string]> {
  await visit.open(`/device?user_code=${userCode}`);
  const [, said = '', seen = ''] = visit.page.text.split('<section>');
  return [said, seen];
}

/** @shows ASVS V10.7.2 */
test('a registered name is a claim, and a program is verified only by a key that this account approved and did not end', async () => {
  const key = new DpopKey();
  const visit = await signedUp();
  const first = await startWithKey(key);
  const [said] = await shown(visit, first.userCode);
  expect(said).toMatch(/not verified[^]*Acme Notes/);
  await visit.submit('/device/decision', { decision: 'approve', access: 'account' });
  const { body } = await client().wait(first.deviceCode, { dpop: key.proof('POST', tokenUrl) });
  expect(body.token_type).toBe('DPoP');

  const known = await startWithKey(key);
  expect((await shown(visit, known.userCode))[0]).toMatch(/Acme Notes[^]*Verified[^]*It has the same key/);
  const otherKey = await startWithKey(new DpopKey());
  expect((await shown(visit, otherKey.userCode))[0]).toContain('not verified');
  expect((await shown(await signedUp(), known.userCode))[0]).toContain('not verified');
  await client().call('revoke', { token: body.refresh_token });
  expect((await shown(visit, known.userCode))[0]).toContain('not verified');
});

/** @shows ASVS V10.7.2 */
test('a program that proves no key is not verified, though one without a key was approved before', async () => {
  const visit = await signedUp();
  const first = await startLogin();
  await shown(visit, first.userCode);
  await visit.submit('/device/decision', { decision: 'approve', access: 'account' });
  expect((await client().wait(first.deviceCode)).body.token_type).toBe('Bearer');
  expect((await shown(visit, (await startLogin()).userCode))[0]).toContain('not verified');
});

test('the page tells until when the code is good', async () => {
  const [, seen] = await shown(await signedUp(), (await startLogin()).userCode);
  const untilMs = Date.parse(/<time datetime="([^"]+)"/.exec(seen)?.[1] ?? '');
  const leftMs = untilMs - Date.now();
  expect(leftMs).toBeGreaterThan(600_000);
  // 15 minutes, up to the next whole second.
  expect(leftMs).toBeLessThanOrEqual(901_000);
});

test('the page names the country and the scopes in its language, and no country where the proxy knows none', async () => {
  const visit = await signedUp();
  const [said, seen] = await shown(visit, (await startLogin()).userCode);
  for (const words of [
    'Your whole account (account)',
    'One identity of yours (identity)',
    'Read your notes (notes:read)',
    'Send mail (mail)',
  ])
    expect(said).toContain(`<bdi>${words}</bdi>`);
  for (const words of ['Germany', '203.0.113.7']) expect(seen).toContain(words);
  for (const country of ['XX', 'T1', '<b>'])
    expect((await shown(visit, (await startLogin(country)).userCode))[1]).not.toContain('Country');
});
