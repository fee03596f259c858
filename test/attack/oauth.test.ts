import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Redis } from 'ioredis';
import jwt from 'jsonwebtoken';
import { send } from '../support/http.ts';
import { call, logIn } from '../support/logged-in.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { Person } from '../support/person.ts';
import type { ServiceProcess } from '../support/services.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';

const registered = [
  { client_id: 'notes-cli', client_name: 'Notes CLI', scopes: ['account', 'notes:read'] },
  { client_id: 'other-cli', client_name: 'Other CLI' },
];
const resourceServer = { id: 'notes', secret: 'a secret of the notes service' };

let deployment: SharedDeployment;
let api: ServiceProcess;
let person: Person;
let strict: ServiceProcess;
let client: OAuthClient;
let stranger: OAuthClient;
beforeAll(async () => {
  deployment = await shareDeployment();
  [api, strict] = await Promise.all([
    deployment.startApi({ RESOURCE_SERVERS: JSON.stringify([resourceServer]) }),
    deployment.startApi({ OAUTH_CLIENTS: JSON.stringify(registered) }),
  ]);
  person = await Person.signUp(here());
  client = new OAuthClient(here(), 'honest');
  stranger = new OAuthClient(here(), 'stranger');
});
afterAll(() => deployment.stop());

const here = () => api.url;
const user = (token: string) => call('GET', `${here()}/api/auth/user/`, token);
const isActive = async (token: string) => {
  const credentials = Buffer.from(`${resourceServer.id}:${encodeURIComponent(resourceServer.secret)}`);
  const answer = await send(`${here()}/oauth/introspect`, {
    form: { token },
    headers: { authorization: `Basic ${credentials.toString('base64')}` },
  });
  return answer.body['active'];
};

describe('a client with what is not its own', () => {
  /** @shows foreign client */
  test('gets no tokens for the code of another, which still serves its owner', async () => {
    const login = await client.start();
    expect((await stranger.wait(login.device_code)).body.error).toBe('invalid_grant');
    await person.approve(here(), login.user_code);
    expect((await stranger.wait(login.device_code)).body.error).toBe('invalid_grant');
    expect((await client.wait(login.device_code)).status).toBe(200);
  });

  /** @shows foreign client */
  test('refreshes and revokes nothing of another, whose tokens stay good', async () => {
    const tokens = await client.logIn(person);
    expect((await stranger.refresh(tokens.refresh_token)).body.error).toBe('invalid_grant');
    for (const token of [tokens.access_token, tokens.refresh_token]) {
      const answer = await stranger.call('revoke', { token });
      expect([answer.status, answer.body['error']]).toEqual([400, 'invalid_grant']);
    }
    expect((await user(tokens.access_token)).status).toBe(200);
    expect((await client.refresh(tokens.refresh_token)).status).toBe(200);
  });

  test('revokes with an account’s token nothing of another account', async () => {
    const other = await Person.signUp(here());
    const [mine, theirs] = [await client.logIn(person), await client.logIn(other)];
    expect((await client.call('revoke', { token: mine.refresh_token })).status).toBe(200);
    expect(await isActive(theirs.access_token)).toBe(true);
  });

  /** @shows RFC 8628 §5.6 */
  test('is not the client of the JSON calls, whatever it calls itself', async () => {
    const { refresh } = await logIn(here(), person);
    const pretender = new OAuthClient(here(), 'ravi-device');
    expect((await pretender.refresh(refresh)).body.error).toBe('invalid_client');
    expect((await pretender.call('device_authorization', {})).status).toBe(401);
    expect(await isActive(refresh)).toBe(true);
  });
});

/** @shows ASVS V10.4.7, ASVS V10.4.10 */
test('an unregistered client is not welcome where clients are registered, and none may have a secret', async () => {
  const unknown = await new OAuthClient(strict.url, 'nobody').call('device_authorization', {});
  expect([unknown.status, unknown.body['error']]).toEqual([401, 'invalid_client']);
  expect(unknown.headers.get('www-authenticate')).toBe('Basic realm="ravi"');
  // Nor where it only gives something up, whatever that is.
  const { management_key } = await logIn(strict.url, await Person.signUp(strict.url));
  for (const token of [management_key, 'none']) {
    const revocation = await new OAuthClient(strict.url, 'nobody').call('revoke', { token });
    expect([revocation.status, revocation.body['error']]).toEqual([401, 'invalid_client']);
  }
  expect((await call('GET', `${strict.url}/api/auth/user/`, management_key)).status).toBe(200);
  const known = new OAuthClient(strict.url, 'notes-cli');
  expect((await known.call('device_authorization', {})).status).toBe(200);
  expect((await known.call('device_authorization', { client_secret: 'x' })).status).toBe(401);
});

test('a client may be named by HTTP Basic without a password, and by no other word than its own', async () => {
  const start = (header: string, form: Record<string, string>) =>
    send(`${here()}/oauth/device_authorization`, { form, headers: { authorization: header } });
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  expect((await start(basic('honest:'), {})).status).toBe(200);
  expect((await start(basic('honest:'), { client_id: 'honest' })).status).toBe(200);
  expect((await start(basic('honest:'), { client_id: 'other' })).status).toBe(400);
  expect((await start(basic('honest:secret'), {})).status).toBe(401);
  expect((await start('Bearer abc', { client_id: 'honest' })).status).toBe(401);
  expect((await send(`${here()}/oauth/device_authorization`, { form: {} })).status).toBe(400);
});

describe('a token that is none of ours, or not for that', () => {
  const foreignKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const forge = (token: string, header: object, key: KeyObject | string) =>
    jwt.sign(jwt.decode(token) as object, key, {
      header: header as jwt.JwtHeader,
      noTimestamp: true,
      algorithm: (header as { alg: jwt.Algorithm }).alg,
    });

  /** @shows forged token */
  test('refreshes, revokes and is told nothing', async () => {
    const tokens = await client.logIn(person);
    const { kid } = jwt.decode(tokens.refresh_token, { complete: true })?.header ?? {};
    const forged = [
      forge(tokens.refresh_token, { alg: 'none', typ: 'rt+jwt', kid }, ''),
      forge(
        tokens.refresh_token,
        { alg: 'HS256', typ: 'rt+jwt', kid },
        'a public key as a secret, long enough',
      ),
      forge(tokens.refresh_token, { alg: 'ES256', typ: 'rt+jwt', kid }, foreignKey),
      forge(tokens.refresh_token, { alg: 'ES256', typ: 'rt+jwt', kid: 'foreign' }, foreignKey),
      forge(tokens.refresh_token, { alg: 'ES256', typ: 'at+jwt', kid }, foreignKey),
      `${tokens.refresh_token}A`,
      'garbage',
    ];
    for (const token of forged) {
      expect((await client.refresh(token)).body.error).toBe('invalid_grant');
      expect((await client.call('revoke', { token })).status).toBe(200);
      expect(await isActive(token)).toBe(false);
    }
    expect(await isActive(tokens.access_token)).toBe(true);
  });

  /** @shows forged token, ASVS V10.3.1, RFC 9700 §2.3(1) */
  test('an access token refreshes nothing, and a refresh token opens nothing', async () => {
    const tokens = await client.logIn(person);
    expect((await client.refresh(tokens.access_token)).body.error).toBe('invalid_grant');
    expect((await user(tokens.refresh_token)).status).toBe(401);
    expect((await client.refresh('ravi_mgmt_x')).body.error).toBe('invalid_grant');
  });
});

/** @shows RFC 9700 §4.3 */
test('a repeated, nested, missing or endless parameter is refused', async () => {
  const token = (raw: string) =>
    send(`${here()}/oauth/token`, {
      raw,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  const good = 'grant_type=refresh_token&client_id=honest';
  const bodies = [
    `${good}&refresh_token=a&refresh_token=b`,
    `${good}&refresh_token=a&client_id=stranger`,
    `${good}&refresh_token[]=a`,
    `${good}&refresh_token[a]=b`,
    `${good}&refresh_token=`,
    `${good}&refresh_token=${'x'.repeat(5000)}`,
    good,
    'client_id=honest&refresh_token=a',
    'grant_type=refresh_token&refresh_token=a',
    '',
  ];
  for (const body of bodies) {
    const answer = await token(body);
    expect([body, answer.status, answer.body['error']]).toEqual([body, 400, 'invalid_request']);
  }
  // What the server does not understand it ignores. (RFC 6749 §3.2)
  const ignored = await token(
    `${good}&refresh_token=a&whatever=1&whatever=2&a.b=1&c[d]=2&${'x'.repeat(5_000)}=${'y'.repeat(9_000)}`,
  );
  expect(ignored.body['error']).toBe('invalid_grant');
  const unsupported = await token('grant_type=password&client_id=honest&username=a&password=b');
  expect([unsupported.status, unsupported.body['error']]).toEqual([400, 'unsupported_grant_type']);
  const inAddress = await send(`${here()}/oauth/token?refresh_token=a&${good}`, { form: { client_id: 'a' } });
  expect(inAddress.body['error']).toBe('invalid_request');
});

/** @shows ASVS V10.4.4, RFC 9700 §2.1.2, RFC 9700 §2.4 */
test('no client has another grant than the device code and its refresh, nor an answer by way of the browser', async () => {
  const { body } = await send(`${here()}/.well-known/oauth-authorization-server`, { method: 'GET' });
  expect(new Set([body['grant_types_supported']].flat())).toEqual(
    new Set(['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token']),
  );
  expect(body['response_types_supported']).toEqual([]);
  expect(body).not.toHaveProperty('authorization_endpoint');
  const others = ['password', 'client_credentials', 'authorization_code', 'implicit', 'constructor'];
  for (const grant of others) {
    const fields = { username: person.email, password: person.password, code: 'x', code_verifier: 'x' };
    const answer = await client.call('token', { grant_type: grant, ...fields });
    expect([grant, answer.status, answer.body['error']]).toEqual([grant, 400, 'unsupported_grant_type']);
  }
  for (const path of ['authorize', 'authorization', 'register']) {
    const query = 'response_type=token&client_id=honest&redirect_uri=https://evil.example';
    const answer = await send(`${here()}/oauth/${path}?${query}`, { method: 'GET' });
    expect([path, answer.status, answer.headers.get('location')]).toEqual([path, 404, null]);
  }
});

/** @shows RFC 9700 §4.15 */
test('a client that calls itself by the id of an account gets tokens of whoever approved', async () => {
  const victim = await Person.signUp(here());
  const pretender = new OAuthClient(here(), String(victim.user.id));
  const { access_token: token } = await pretender.logIn(person);
  expect(jwt.decode(token)).toMatchObject({ sub: String(person.user.id), client_id: String(victim.user.id) });
  expect((await user(token)).body).toEqual(person.user);
});

test('a huge body is refused unread', async () => {
  for (const size of [20_000, 5_000_000]) {
    const answer = await client.call('token', {
      grant_type: 'refresh_token',
      refresh_token: 'x'.repeat(size),
    });
    expect([answer.status, answer.body['error']]).toEqual([413, 'invalid_request']);
  }
});

/** @shows foreign client, ASVS V10.4.11, RFC 9700 §4.14.2(2) */
test('no scope is had but what the client may ask for', async () => {
  const meaningless = ['admin', 'identity admin', 'identity\nadmin', '"account"', 'x'.repeat(3000)];
  for (const scope of meaningless) {
    const tokens = await client.logIn(person, scope);
    expect([scope, tokens.scope]).toEqual([scope, scope === 'identity admin' ? 'identity' : 'account']);
  }
  const notes = new OAuthClient(strict.url, 'notes-cli');
  expect((await notes.call('device_authorization', { scope: 'identity' })).body['error']).toBe(
    'invalid_scope',
  );
  const tokens = await notes.logIn(person, 'notes:read notes:read');
  expect(tokens.scope).toBe('account notes:read');
  const next = await notes.refresh(tokens.refresh_token, { scope: 'notes:read account admin' });
  expect(next.body.scope).toBe('account notes:read');
});

/** Lets the time pass in which a repeated refresh token gets the same pair. */
async function forgetAnswers(): Promise<void> {
  const redis = new Redis(deployment.redis.url);
  await redis.del(await redis.keys('ravi:mint:*'));
  redis.disconnect();
}

/** @shows stolen token, ASVS V10.4.5, RFC 9700 §2.2.2, RFC 9700 §4.14.2(3) */
test('an old refresh token, presented after its time, ends the tokens that followed it', async () => {
  const tokens = await client.logIn(person);
  const second = await client.refresh(tokens.refresh_token);
  const third = await client.refresh(second.body.refresh_token);
  // The answer to the first is still kept for a retry; it is the same, and brings nothing back.
  expect((await client.refresh(tokens.refresh_token)).body).toEqual({
    ...second.body,
    expires_in: expect.any(Number),
  });
  await forgetAnswers();
  expect((await client.refresh(tokens.refresh_token)).body.error).toBe('invalid_grant');
  for (const token of [second.body.access_token, third.body.access_token, third.body.refresh_token]) {
    expect(await isActive(token)).toBe(false);
  }
});
