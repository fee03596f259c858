import { randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { BrowserVisit } from '../support/browser-visit.ts';
import { DpopKey } from '../support/dpop-key.ts';
import { send } from '../support/http.ts';
import { call, logIn } from '../support/logged-in.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { Person } from '../support/person.ts';
import { type Deployment, deploy } from '../support/stack.ts';

const notes = { id: 'Notes', secret: 'a secret of the notes service', resource: 'https://notes.example.com' };
const mail = { id: 'Mail', secret: 'a secret of the mail service', resource: 'https://example.com/mail' };
const own = { id: 'own', secret: 'a secret of a part of the API' };

let deployment: Deployment;
let person: Person;
let client: OAuthClient;
beforeAll(async () => {
  deployment = await deploy({
    RESOURCE_SERVERS: JSON.stringify([notes, mail, own]),
    OAUTH_CLIENTS: JSON.stringify([
      { client_id: 'a-test', client_name: 'A test' },
      { client_id: 'reader', client_name: 'A reader', scopes: ['account', 'identity', 'notes:read'] },
    ]),
  });
  person = await Person.signUp(here());
  client = new OAuthClient(here());
});
afterAll(() => deployment.stop());

const here = () => deployment.urls[0];
const there = () => deployment.urls[1];
const claimsOf = (token: string) => jwt.decode(token) as jwt.JwtPayload;
const user = (token: string) => call('GET', `${there()}/api/auth/user/`, token);
const introspect = (token: string, service: { id: string; secret: string }) => {
  const pair = `${service.id}:${encodeURIComponent(service.secret)}`;
  return send(`${there()}/oauth/introspect`, {
    form: { token },
    headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
  });
};

/** @shows RFC 8707 §2 */
test('tokens are for the service that was asked for, also after refreshes; without one, for our own API', async () => {
  const tokens = await client.logIn(person, undefined, notes.resource);
  expect(claimsOf(tokens.access_token).aud).toBe(notes.resource);
  const again = await client.refresh(tokens.refresh_token);
  expect(claimsOf(again.body.access_token).aud).toBe(notes.resource);
  const named = await client.refresh(again.body.refresh_token, { resource: notes.resource });
  expect(claimsOf(named.body.access_token).aud).toBe(notes.resource);
  expect(claimsOf((await client.logIn(person)).access_token).aud).toBe('ravi-api');
});

test('the service may be named again with the device_code, and in another spelling of the same URI', async () => {
  const login = await client.start(undefined, 'HTTPS://Notes.Example.com:443/');
  await person.approve(here(), login.user_code);
  const answer = await client.wait(login.device_code, {}, { resource: 'https://notes.example.com/' });
  expect(claimsOf(answer.body.access_token).aud).toBe(notes.resource);
});

test('a token for a service that proves its key late is for that service all the same', async () => {
  const key = new DpopKey();
  const login = await client.start(undefined, mail.resource);
  await person.approve(here(), login.user_code);
  const dpop = key.proof('POST', 'http://login.localhost:3000/oauth/token');
  const { body } = await client.wait(login.device_code, { dpop });
  expect(claimsOf(body.access_token)).toMatchObject({
    aud: mail.resource,
    cnf: { jkt: key.thumbprint },
  });
});

/** @shows RFC 8707 §2 */
test.each([
  ['unknown', 'resource=https://unknown.example.com'],
  ['with a fragment', `resource=${notes.resource}/%23a`],
  ['with another path', `resource=${notes.resource}/other`],
  ['no URI', 'resource=Notes'],
  ['that of our own API', 'resource=ravi-api'],
  ['several', `resource=${notes.resource}&resource=${mail.resource}`],
  ['several in one', `resource=${notes.resource}+${mail.resource}`],
])('a resource is invalid_target that is %s', async (_name, resource) => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const { refresh_token: token } = await client.logIn(person, undefined, notes.resource);
  for (const [path, rest] of [
    ['device_authorization', ''],
    ['token', `&grant_type=refresh_token&refresh_token=${token}`],
  ] as const) {
    const raw = `client_id=a-test&${resource}${rest}`;
    const answer = await send(`${here()}/oauth/${path}`, { raw, headers });
    expect([path, answer.status, answer.body['error']]).toEqual([path, 400, 'invalid_target']);
  }
  // Nothing moved on.
  expect((await client.refresh(token)).status).toBe(200);
});

test('the same resource twice is one, however it is written', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const twice = `resource=${notes.resource}&resource=${notes.resource.replace('https', 'HTTPS')}`;
  const raw = `client_id=a-test&${twice}`;
  const { status, body } = await send(`${here()}/oauth/device_authorization`, { raw, headers });
  expect(status).toBe(200);
  await person.approve(here(), String(body['user_code']));
  const tokens = await client.wait(String(body['device_code']));
  expect(claimsOf(tokens.body.access_token).aud).toBe(notes.resource);
});

test('a resource means nothing where it is not asked for: elsewhere in the OAuth API and in the JSON API', async () => {
  const { refresh_token: token } = await client.logIn(person);
  expect((await client.call('revoke', { token, resource: 'x' })).status).toBe(200);
  const start = await send(`${here()}/api/auth/device/`, { json: { resource: notes.resource } });
  await person.approve(here(), String(start.body['user_code']));
  const device = { device_code: start.body['device_code'], wait: true, resource: mail.resource };
  const { body } = await send(`${here()}/api/auth/device/token/`, { json: device });
  expect(claimsOf(String(body['access'])).aud).toBe('ravi-api');
  const refresh = { refresh: body['refresh'], resource: notes.resource };
  const next = await send(`${here()}/api/auth/token/refresh/`, { json: refresh });
  expect(claimsOf(String(next.body['access'])).aud).toBe('ravi-api');
});

/** @shows RFC 9700 §2.3(1), ASVS V10.3.1 */
test('a service is told of what is for it, and of nothing else; API keys are for our own API', async () => {
  const [forNotes, forOwn] = [
    await client.logIn(person, undefined, notes.resource),
    await client.logIn(person),
  ];
  const login = await logIn(here(), person);
  const credentials = [
    [forNotes.access_token, notes],
    [forNotes.refresh_token, notes],
    [forOwn.access_token, own],
    [forOwn.refresh_token, own],
    [login.access, own],
    [login.management_key, own],
    ['identity_key' in login ? login.identity_key : '', own],
  ] as const;
  for (const [token, itsService] of credentials) {
    for (const service of [notes, mail, own]) {
      const { body } = await introspect(token, service);
      const expected = { active: service === itsService };
      expect(service === itsService ? { active: body['active'] } : body).toEqual(expected);
    }
  }
});

/** @shows ASVS V10.7.2 */
test('the page says for which service the tokens are, as it is registered', async () => {
  const visit = new BrowserVisit(here());
  await visit.open('/signup');
  await visit.submit('/signup', { email: `${randomUUID()}@example.com`, password: 'long enough password' });
  const login = await client.start(undefined, notes.resource);
  await visit.open(`/device?user_code=${login.user_code}`);
  expect(visit.page.text).toMatch(
    /For the service<\/dt>\s*<dd><bdi>Notes \(https:\/\/notes\.example\.com\)<\/bdi>/,
  );
  await visit.open(`/device?user_code=${(await client.start()).user_code}`);
  expect(visit.page.text).not.toContain('For the service');
});

/** @shows RFC 9700 §2.3(2), RFC 9700 §4.14.2(2) */
test('a refresh may ask for a narrower scope; the refresh token keeps what was granted', async () => {
  const reader = new OAuthClient(here(), 'reader');
  const tokens = await reader.logIn(person, 'account notes:read');
  const { body: identity } = await reader.refresh(tokens.refresh_token, { scope: 'identity' });
  expect(identity.scope).toBe('identity');
  expect(claimsOf(identity.access_token)).toMatchObject({
    scope: 'identity',
    identity_uuid: expect.any(String),
  });
  expect((await user(identity.access_token)).status).toBe(403);
  const identities = await call('GET', `${there()}/api/identities/`, identity.access_token);
  expect(identities.status).toBe(200);
  const { body: read } = await reader.refresh(identity.refresh_token, { scope: 'notes:read openid' });
  expect(read.scope).toBe('notes:read');
  for (const path of ['/api/auth/user/', '/api/identities/', '/api/auth/keys/management/']) {
    expect((await call('GET', there() + path, read.access_token)).status).toBe(403);
  }
  const { body: all } = await reader.refresh(read.refresh_token);
  expect(all.scope).toBe('account notes:read');
  expect((await user(all.access_token)).status).toBe(200);
});

test('scopes that mean nothing here are left out, and the granted scope is told', async () => {
  const tokens = await client.logIn(person, 'openid offline_access profile identity');
  expect(tokens.scope).toBe('identity');
  expect((await client.logIn(person, 'openid offline_access')).scope).toBe('account');
  const foreign = await client.call('device_authorization', { scope: 'account notes:read' });
  expect([foreign.status, foreign.body['error']]).toEqual([400, 'invalid_scope']);
});

test('a token of another issuer, or of any length that a body may have, is not active and may be revoked; a longer body is 413', async () => {
  const foreign = jwt.sign({ sub: '1', iss: 'https://other.example.com' }, 'a secret of somebody else');
  for (const token of [foreign, 'x'.repeat(10_000), `${foreign}${'x'.repeat(12_000)}`, 'ü']) {
    const told = await introspect(token, own);
    expect([told.status, told.body]).toEqual([200, { active: false }]);
    expect((await client.call('revoke', { token })).status).toBe(200);
  }
  const endless = 'x'.repeat(20_000);
  expect((await introspect(endless, own)).status).toBe(413);
  expect((await client.call('revoke', { token: endless })).status).toBe(413);
});

test('the OpenID path has what parsers of OpenID discovery insist on besides', async () => {
  const read = async (name: string) => (await send(`${here()}/.well-known/${name}`, { method: 'GET' })).body;
  expect(await read('openid-configuration')).toEqual({
    ...(await read('oauth-authorization-server')),
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  });
});
