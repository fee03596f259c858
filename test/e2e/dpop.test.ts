import { Redis } from 'ioredis';
import { eventually } from '../support/eventually.ts';
import { DpopKey, type ProofParts } from '../support/dpop-key.ts';
import { send } from '../support/http.ts';
import { call } from '../support/logged-in.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { Person } from '../support/person.ts';
import { loginKeyOf } from '../support/program.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';

/** What programs know the service by, and so what proofs name. */
const publicUrl = 'http://login.localhost:3000';
const tokenUrl = `${publicUrl}/oauth/token`;
const userUrl = `${publicUrl}/api/auth/user/`;

let deployment: SharedDeployment;
let person: Person;
let client: OAuthClient;
let key: DpopKey;
beforeAll(async () => {
  deployment = await shareDeployment();
  person = await Person.signUp(here());
  client = new OAuthClient(here());
  key = new DpopKey();
});
afterAll(() => deployment.stop());

const here = () => deployment.urls[0];
const there = () => deployment.urls[1];
const proof = (parts?: ProofParts, of = key) => ({ dpop: of.proof('POST', tokenUrl, undefined, parts) });
const refreshWith = (token: string, headers: Record<string, string>) =>
  client.call<Record<string, string>>(
    'token',
    { grant_type: 'refresh_token', refresh_token: token },
    headers,
  );

async function logIn() {
  const login = await client.start();
  const waiting = client.wait(login.device_code, proof());
  await person.approve(here(), login.user_code);
  return (await waiting).body;
}

/** Calls the API with a token and whatever proof of it. */
function user(token: string, dpop: string, scheme = 'DPoP', url = there()) {
  return send(`${url}/api/auth/user/`, {
    method: 'GET',
    headers: { authorization: `${scheme} ${token}`, ...(dpop === '' ? {} : { dpop }) },
  });
}

test('tokens are bound to the key that a held request proves, and open the API with a proof for that very call', async () => {
  const tokens = await logIn();
  expect(tokens.token_type).toBe('DPoP');
  const answer = await user(tokens.access_token, key.proof('GET', userUrl, tokens.access_token));
  expect([answer.status, answer.body]).toEqual([200, person.user]);
});

test('a key that is proven only when the tokens are there already is bound all the same', async () => {
  const login = await client.start();
  await person.approve(here(), login.user_code);
  const redis = new Redis(deployment.redis.url);
  const state = () => redis.hget(loginKeyOf(login.device_code), 'state');
  await eventually('the login is issued', async () => (await state()) === 'issued');
  redis.disconnect();
  const { body } = await client.poll(login.device_code, proof());
  expect(body.token_type).toBe('DPoP');
  expect((await user(body.access_token, key.proof('GET', userUrl, body.access_token))).status).toBe(200);
  expect((await user(body.access_token, '', 'Bearer')).status).toBe(401);
  expect((await refreshWith(body.refresh_token, proof())).body['token_type']).toBe('DPoP');
});

/** @shows RFC 9700 §2.2.2 */
test('the key of the last proof counts, and a bound token never becomes unbound', async () => {
  const other = new DpopKey();
  const login = await client.start();
  expect((await client.poll(login.device_code, proof({}, other))).body.error).toBe('authorization_pending');
  const waiting = client.wait(login.device_code, proof());
  await person.approve(here(), login.user_code);
  const { body } = await waiting;
  const missing = await refreshWith(body.refresh_token, {});
  expect([missing.status, missing.body['error']]).toEqual([400, 'invalid_grant']);
  expect((await refreshWith(body.refresh_token, proof({}, other))).body['error']).toBe('invalid_grant');
  const json = await send(`${here()}/api/auth/token/refresh/`, { json: { refresh: body.refresh_token } });
  expect(json.status).toBe(401);
  const next = await refreshWith(body.refresh_token, proof());
  expect(next.body['token_type']).toBe('DPoP');
});

/** @shows stolen token */
test('no wrong, stale, replayed or foreign proof is taken for a token', async () => {
  const login = await client.start();
  const used = proof();
  await client.poll(login.device_code, used);
  const { d, ...publicJwk } = key.privateJwk;
  const wrong: Record<string, string>[] = [
    used,
    { dpop: 'garbage' },
    { dpop: `${proof().dpop}, ${proof().dpop}` },
    { dpop: key.proof('GET', tokenUrl) },
    { dpop: key.proof('POST', `${publicUrl}/oauth/revoke`) },
    { dpop: key.proof('POST', 'http://elsewhere.example/oauth/token') },
    { dpop: key.proof('POST', tokenUrl.replace('http:', 'https:')) },
    proof({ claims: { iat: undefined } }),
    proof({ claims: { jti: undefined } }),
    proof({ claims: { jti: '' } }),
    proof({ header: { typ: 'JWT' } }),
    proof({ header: { alg: 'none' } }),
    proof({ header: { alg: 'HS256' } }),
    proof({ header: { alg: 'EdDSA' } }),
    proof({ header: { jwk: undefined } }),
    proof({ header: { jwk: { ...publicJwk, d } } }),
    proof({ header: { jwk: { ...publicJwk, x: 'AAAA' } } }),
    proof({ header: { jwk: { kty: 'oct', k: 'AAAA' } } }),
    proof({ header: { jwk: new DpopKey().publicJwk } }),
    { dpop: `${proof().dpop.slice(0, -4)}AAAA` },
    { dpop: 'x'.repeat(5000) },
  ];
  for (const [index, headers] of wrong.entries()) {
    const answer = await client.poll(login.device_code, headers);
    expect([index, answer.status, answer.body.error]).toEqual([index, 400, 'invalid_dpop_proof']);
  }
  // Query and fragment of the address do not count, nor which instance is asked.
  const sound = { dpop: key.proof('POST', `${tokenUrl}?a=b#c`) };
  expect((await new OAuthClient(there()).poll(login.device_code, sound)).body.error).toMatch(
    /slow_down|authorization_pending/,
  );
  expect((await client.poll(login.device_code, sound)).body.error).toBe('invalid_dpop_proof');
});

test('a program whose clock is an hour off is given a nonce, logs in with it and calls the API with it', async () => {
  const iat = Math.floor(Date.now() / 1000) + 3_600;
  const late = (nonce?: string) => proof({ claims: { iat, ...(nonce === undefined ? {} : { nonce }) } });
  const login = await client.start();
  await person.approve(here(), login.user_code);
  const told = await client.wait(login.device_code, late());
  expect([told.status, told.body.error]).toEqual([400, 'use_dpop_nonce']);
  const nonce = told.headers.get('dpop-nonce') ?? '';
  const { body } = await client.wait(login.device_code, late(nonce));
  expect(body.token_type).toBe('DPoP');

  const token = body.access_token;
  const call = (claims: object) =>
    user(token, key.proof('GET', userUrl, token, { claims: { iat, ...claims } }));
  const refused = await call({});
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
    401,
    expect.stringMatching(/^DPoP .*error="use_dpop_nonce"$/),
  ]);
  expect((await call({ nonce: refused.headers.get('dpop-nonce') })).status).toBe(200);
});

/** @shows stolen token, RFC 9700 §2.2.1, RFC 9700 §4.9, RFC 9700 §4.10 */
test('a bound token is worth nothing without the proof of its key for this call and this token', async () => {
  const [tokens, others] = [await logIn(), await logIn()];
  const token = tokens.access_token;
  const used = key.proof('GET', userUrl, token);
  expect((await user(token, used)).status).toBe(200);
  const wrong = [
    used,
    '',
    key.proof('GET', userUrl),
    key.proof('GET', userUrl, others.access_token),
    key.proof('POST', userUrl, token),
    key.proof('GET', `${publicUrl}/api/master/`, token),
    new DpopKey().proof('GET', userUrl, token),
    key.proof('GET', userUrl, token, { header: { jwk: new DpopKey().publicJwk } }),
  ];
  for (const [index, dpop] of wrong.entries()) {
    const answer = await user(token, dpop, 'DPoP', here());
    expect([index, answer.status]).toEqual([index, 401]);
    expect(answer.headers.get('www-authenticate')).toMatch(/^DPoP .*error="invalid_dpop_proof"$/);
  }
  const asBearer = await user(token, key.proof('GET', userUrl, token), 'Bearer');
  expect(asBearer.status).toBe(401);
  expect(asBearer.headers.get('www-authenticate')).toMatch(/^DPoP .*error="invalid_token"$/);
});

test('what is not bound is no DPoP token', async () => {
  const { access_token: token } = await client.logIn(person);
  expect((await user(token, key.proof('GET', userUrl, token))).status).toBe(401);
  expect((await call('GET', `${here()}/api/auth/user/`, token)).status).toBe(200);
});

/** @shows RFC 10027 §6.1.12, RFC 9700 §2.2.1 */
test('a client that must prove a key gets nothing without', async () => {
  const strict = await deployment.startApi({
    OAUTH_CLIENTS: JSON.stringify([{ client_id: 'bound', client_name: 'Bound', dpop: 'required' }]),
  });
  const bound = new OAuthClient(strict.url, 'bound');
  const login = await bound.start();
  expect((await bound.poll(login.device_code)).body.error).toBe('invalid_dpop_proof');
  await person.approve(here(), login.user_code);
  expect((await bound.wait(login.device_code)).body.error).toBe('invalid_dpop_proof');
  expect((await bound.wait(login.device_code, proof())).body.token_type).toBe('DPoP');
});
