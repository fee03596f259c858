import { randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { BrowserVisit } from '../support/browser-visit.ts';
import { send } from '../support/http.ts';
import { call, logIn } from '../support/logged-in.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { Person } from '../support/person.ts';
import { type Deployment, deploy } from '../support/stack.ts';

const clients = [
  { client_id: 'acme-cli', client_name: 'Acme CLI', scopes: ['identity'] },
  { client_id: 'acme-notes', client_name: 'Acme Notes', scopes: ['identity', 'notes:read'] },
  { client_id: 'acme-admin', client_name: 'Acme Admin', scopes: ['account', 'notes:read'] },
];

let deployment: Deployment;
let person: Person;
beforeAll(async () => {
  deployment = await deploy({ OAUTH_CLIENTS: JSON.stringify(clients) });
  person = await Person.signUp(api());
});
afterAll(() => deployment.stop());

const api = () => deployment.urls[0];
const client = (id: string) => new OAuthClient(api(), id);

/** A person with a second identity; its uuid. */
async function withTwoIdentities(): Promise<{ owner: Person; second: string }> {
  const owner = await Person.signUp(api());
  const { access } = await logIn(api(), owner);
  const added = await call<{ uuid: string }>('POST', `${api()}/api/identities/`, access, {});
  return { owner, second: added.body.uuid };
}

/** @shows foreign client, ASVS V10.4.11, RFC 9700 §2.3(2) */
test.each([
  ['acme-cli', undefined, 'identity'],
  ['acme-notes', undefined, 'identity notes:read'],
  ['acme-notes', 'notes:read', 'identity notes:read'],
  ['acme-admin', undefined, 'account notes:read'],
  ['acme-admin', 'notes:read', 'account notes:read'],
])('%s that asks for %s gets %s, though everything is granted', async (id, scope, expected) => {
  const login = await client(id).start(scope);
  expect((await person.approveWith(api(), login.user_code, { key_scope: 'account' })).status).toBe(200);
  const { body } = await client(id).wait(login.device_code);
  expect(body.scope).toBe(expected);
  expect(jwt.decode(body.access_token)).toMatchObject({ scope: expected });
  const account = await call('GET', `${api()}/api/auth/user/`, body.access_token);
  expect(account.status).toBe(expected.startsWith('account') ? 200 : 403);
});

test('the page offers a client that may have an identity nothing more, and its forms give nothing more', async () => {
  const visit = new BrowserVisit(api());
  await visit.open('/signup');
  await visit.submit('/signup', { email: `${randomUUID()}@example.com`, password: 'long enough password' });
  const login = await client('acme-cli').start();
  await visit.open(`/device?user_code=${login.user_code}`);
  const offered = [...visit.page.text.matchAll(/<option value="([a-z]+)\./g)].map(([, scope]) => scope);
  expect(offered).toContain('identity');
  expect(visit.page.text).not.toMatch(/value="account/);
  await visit.submit('/device/decision', { decision: 'approve', access: 'account' });
  expect(visit.page.status).toBe(200);
  expect((await client('acme-cli').wait(login.device_code)).body.scope).toBe('identity');
});

test.each([undefined, 'account', 'identity'])(
  'a login for one identity is not approved without naming it, where there are several (key_scope %s)',
  async (keyScope) => {
    const { owner, second } = await withTwoIdentities();
    const login = await client('acme-cli').start();
    const terms = keyScope === undefined ? {} : { key_scope: keyScope };
    const refused = await owner.approveWith(api(), login.user_code, terms);
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('identity_uuid')]);
    expect((await client('acme-cli').poll(login.device_code)).body.error).toBe('authorization_pending');
    const named = await owner.approveWith(api(), login.user_code, { ...terms, identity_uuid: second });
    expect(named.status).toBe(200);
    const { body } = await client('acme-cli').wait(login.device_code);
    expect(jwt.decode(body.access_token)).toMatchObject({ scope: 'identity', identity_uuid: second });
    expect((await call('GET', `${api()}/api/identities/${second}/`, body.access_token)).status).toBe(200);
  },
);

test('a new identity may be the one, and repeating the approval is harmless', async () => {
  const { owner } = await withTwoIdentities();
  const login = await client('acme-cli').start();
  const terms = { identity_uuid: 'new', identity_name: 'Night shift' };
  for (const _ of [1, 2]) {
    expect((await owner.approveWith(api(), login.user_code, terms)).status).toBe(200);
  }
  const { body } = await client('acme-cli').wait(login.device_code);
  const { identity_uuid: uuid } = jwt.decode(body.access_token) as { identity_uuid: string };
  const identity = await call('GET', `${api()}/api/identities/${uuid}/`, body.access_token);
  expect(identity.body).toMatchObject({
    name: 'Night shift',
    email: expect.stringMatching(/^night\.shift\.\d{5}@/),
  });
});

test('the metadata lists what some client may ask for', async () => {
  const { body } = await send(`${api()}/.well-known/oauth-authorization-server`, { method: 'GET' });
  expect(body['scopes_supported']).toEqual(['account', 'identity', 'notes:read']);
});
