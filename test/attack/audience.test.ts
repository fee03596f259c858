import jwt from 'jsonwebtoken';
import { send } from '../support/http.ts';
import { call } from '../support/logged-in.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { Person } from '../support/person.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';

const services = {
  notes: { id: 'notes', secret: 'a secret of the notes service', resource: 'https://notes.example.com' },
  mail: { id: 'mail', secret: 'a secret of the mail service', resource: 'https://mail.example.com' },
  own: { id: 'own', secret: 'a secret of a part of our own API' },
};

let deployment: SharedDeployment;
let url: string;
let person: Person;
let client: OAuthClient;
beforeAll(async () => {
  deployment = await shareDeployment();
  ({ url } = await deployment.startApi({ RESOURCE_SERVERS: JSON.stringify(Object.values(services)) }));
  person = await Person.signUp(here());
  client = new OAuthClient(here());
});
afterAll(() => deployment.stop());

const here = () => url;
const audienceOf = (token: string) => (jwt.decode(token) as jwt.JwtPayload).aud;
const isToldAs = async ({ id, secret }: { id: string; secret: string }, token: string) => {
  const authorization = `Basic ${Buffer.from(`${id}:${encodeURIComponent(secret)}`).toString('base64')}`;
  const { body } = await send(`${here()}/oauth/introspect`, { form: { token }, headers: { authorization } });
  return body['active'];
};

/** @shows RFC 9700 §2.3(1), RFC 9700 §4.9, ASVS V10.3.1 */
test('a service that got a token can use it nowhere else: not at our API, not at another service', async () => {
  const { access_token: token } = await client.logIn(person, undefined, services.notes.resource);
  for (const [method, path] of [
    ['GET', '/api/auth/user/'],
    ['GET', '/api/master/'],
    ['GET', '/api/identities/'],
    ['POST', '/api/identities/'],
    ['GET', '/api/domains/'],
    ['GET', '/api/auth/keys/management/'],
    ['POST', '/api/auth/keys/management/'],
    ['POST', '/api/auth/logout/'],
  ] as const) {
    const { status } = await call(method, here() + path, token, method === 'POST' ? {} : undefined);
    expect([path, status]).toEqual([path, 401]);
  }
  expect(await isToldAs(services.mail, token)).toBe(false);
  expect(await isToldAs(services.own, token)).toBe(false);
  expect(await isToldAs(services.notes, token)).toBe(true);
});

/** @shows RFC 9700 §2.3(1), RFC 9700 §4.14.2(2) */
test('no request after the approval leads to another audience or a wider scope', async () => {
  const login = await client.start('identity', services.notes.resource);
  const collect = (resource: string) => client.wait(login.device_code, {}, { resource });
  await person.approve(here(), login.user_code);
  const wrong = await collect(services.mail.resource);
  expect([wrong.status, wrong.body.error]).toEqual([400, 'invalid_target']);
  const { body } = await collect(services.notes.resource);
  for (const [more, error] of [
    [{ resource: services.mail.resource }, 'invalid_target'],
    [{ resource: 'ravi-api' }, 'invalid_target'],
    [{ scope: 'account' }, 'invalid_scope'],
    [{ scope: 'identity account' }, 'invalid_scope'],
  ] as const) {
    expect((await client.refresh(body.refresh_token, more)).body.error).toBe(error);
  }
  const next = await client.refresh(body.refresh_token);
  expect([audienceOf(next.body.access_token), next.body.scope]).toEqual([
    services.notes.resource,
    'identity',
  ]);
});

/** @shows RFC 9700 §2.3(1) */
test('a login for our own API gives no token for a service that its human was not told of', async () => {
  const login = await client.start();
  await person.approve(here(), login.user_code);
  const named = await client.wait(login.device_code, {}, { resource: services.notes.resource });
  expect(named.body.error).toBe('invalid_target');
  const { body } = await client.wait(login.device_code);
  const widened = await client.refresh(body.refresh_token, { resource: services.notes.resource });
  expect(widened.body.error).toBe('invalid_target');
});

test('a narrowed token does not widen by a retry of the refresh that made it', async () => {
  const tokens = await client.logIn(person);
  const { body: narrow } = await client.refresh(tokens.refresh_token, { scope: 'identity' });
  const { body: again } = await client.refresh(tokens.refresh_token);
  expect([again.access_token, again.scope]).toEqual([narrow.access_token, 'identity']);
});

test('a token for a service is ended by its client all the same', async () => {
  const tokens = await client.logIn(person, undefined, services.notes.resource);
  expect((await client.call('revoke', { token: tokens.access_token })).status).toBe(200);
  expect(await isToldAs(services.notes, tokens.access_token)).toBe(false);
  expect((await client.refresh(tokens.refresh_token)).body.error).toBe('invalid_grant');
});
