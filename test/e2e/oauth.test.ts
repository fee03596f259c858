import jwt from 'jsonwebtoken';
import { call, logIn } from '../support/logged-in.ts';
import { send } from '../support/http.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { Person } from '../support/person.ts';
import { poll, polledAgo, startLogin } from '../support/program.ts';
import { type Deployment, deploy } from '../support/stack.ts';

let deployment: Deployment;
let person: Person;
let client: OAuthClient;
beforeAll(async () => {
  deployment = await deploy({ POLL_INTERVAL_SECONDS: '60' });
  person = await Person.signUp(deployment.urls[0]);
  client = new OAuthClient(here());
});
afterAll(() => deployment.stop());

const here = () => deployment.urls[0];
const there = () => deployment.urls[1];
const user = (token: string) => call('GET', `${there()}/api/auth/user/`, token);

test('the codes of a login are those of RFC 8628, and never kept by a cache', async () => {
  const answer = await client.call('device_authorization', {});
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({
    verification_uri: expect.stringMatching(/\/device$/),
    verification_uri_complete: expect.stringContaining(`user_code=${String(answer.body['user_code'])}`),
    interval: 60,
    expires_in: 900,
  });
  expect(answer.headers.get('cache-control')).toBe('no-store');
});

test('a held token request gets the tokens as soon as a human approves, at any api; they open the API', async () => {
  const login = await client.start();
  const waiting = new OAuthClient(there()).wait(login.device_code);
  await person.approve(here(), login.user_code);
  const { status, headers, body } = await waiting;
  expect(status).toBe(200);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('preference-applied')).toBe('wait=30');
  expect(body).toMatchObject({ token_type: 'Bearer', scope: 'account' });
  // The seconds that are left at the answer; the one in which it was made has begun.
  const { exp = 0 } = jwt.decode(body.access_token) as jwt.JwtPayload;
  expect(body.expires_in).toBeGreaterThan(exp - Date.now() / 1000 - 2);
  expect(body.expires_in).toBeLessThanOrEqual(3600);
  expect((await user(body.access_token)).body).toEqual(person.user);
});

test('a login without an answer yet is pending; polled too fast, it is to slow down; and once it is collected it is over', async () => {
  const login = await client.start();
  const first = await client.poll(login.device_code);
  expect([first.status, first.body.error]).toEqual([400, 'authorization_pending']);
  await polledAgo(deployment.redis.url, login.device_code, 2);
  expect((await client.poll(login.device_code)).body).toMatchObject({
    error: 'slow_down',
    interval: login.interval + 5,
  });
  await person.approve(here(), login.user_code);
  expect((await client.wait(login.device_code)).status).toBe(200);
  expect((await client.wait(login.device_code)).body.error).toBe('invalid_grant');
});

test('a denied login is access_denied', async () => {
  const login = await client.start();
  await person.deny(here(), login.user_code);
  expect((await client.wait(login.device_code)).body.error).toBe('access_denied');
});

test('a refresh gives the next pair; a retry the same; the one before last ends the grant', async () => {
  const tokens = await client.logIn(person);
  const first = await client.refresh(tokens.refresh_token);
  expect(first.body).toMatchObject({ token_type: 'Bearer', scope: 'account' });
  const { access_token, refresh_token } = first.body;
  const again = await new OAuthClient(there()).refresh(tokens.refresh_token);
  expect(again.body).toMatchObject({ access_token, refresh_token });
  const second = await client.refresh(first.body.refresh_token, { scope: 'account' });
  expect((await user(second.body.access_token)).status).toBe(200);
});

/** @shows RFC 9700 §4.9 */
test('a revoked token ends both tokens everywhere at once; revoking again, or garbage, is well', async () => {
  for (const kind of ['access_token', 'refresh_token'] as const) {
    const tokens = await client.logIn(person);
    for (const token of [tokens[kind], tokens[kind], 'garbage']) {
      expect((await client.call('revoke', { token })).status).toBe(200);
    }
    expect((await user(tokens.access_token)).status).toBe(401);
    expect((await client.refresh(tokens.refresh_token)).body.error).toBe('invalid_grant');
  }
});

test('a code of one API is unknown at the other', async () => {
  const [standard, json] = [await client.start(), await startLogin(here())];
  await person.approve(here(), standard.user_code);
  await person.approve(here(), json.user_code);
  expect((await poll(here(), standard.device_code)).body.error).toBe('invalid_grant');
  expect((await client.wait(json.device_code)).body.error).toBe('invalid_grant');
  expect((await client.wait(standard.device_code)).status).toBe(200);
});

/** @shows RFC 9700 §2.3(2) */
test('what is asked for is what the tokens say, and never more than the human granted', async () => {
  const narrowed = await client.logIn(person, 'identity');
  expect(narrowed.scope).toBe('identity');
  expect((await user(narrowed.access_token)).status).toBe(403);
  const login = await client.start('account identity');
  await person.approveWith(here(), login.user_code, { key_scope: 'identity' });
  expect((await client.wait(login.device_code)).body.scope).toBe('identity');
});

test('nothing under /oauth/ is told otherwise than OAuth 2.0 says', async () => {
  const json = await send(`${here()}/oauth/token`, { json: { client_id: 'x' } });
  expect([json.status, json.body['error']]).toEqual([415, 'invalid_request']);
  const method = await send(`${here()}/oauth/token`, { method: 'GET' });
  expect([method.status, method.body['error']]).toEqual([405, 'invalid_request']);
  const nothing = await send(`${here()}/oauth/nothing`, { form: {} });
  expect([nothing.status, nothing.body['error']]).toEqual([404, 'invalid_request']);
});

test('the JSON calls do not refresh what an OAuth client got, nor the other way round', async () => {
  const tokens = await client.logIn(person);
  const login = await logIn(here(), person);
  const answer = await send(`${here()}/api/auth/token/refresh/`, { json: { refresh: tokens.refresh_token } });
  expect(answer.status).toBe(401);
  expect((await client.refresh(login.refresh)).body.error).toBe('invalid_grant');
});
