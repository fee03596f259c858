import { AccountStore, IdentityStore, maxIdentities } from '@ravi/accounts';
import type { WireIdentity, WireNewApiKey } from '@ravi/contract';
import { connectRedis, type RedisClient, waitUntilReady } from '@ravi/redis';
import jwt from 'jsonwebtoken';
import { send } from '../support/http.ts';
import { call, logIn } from '../support/logged-in.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { Person } from '../support/person.ts';
import { poll, startLogin, wait } from '../support/program.ts';
import { type SharedDeployment, shareDeployment } from '../support/shared-deployment.ts';

let deployment: SharedDeployment;
let redis: RedisClient;
let person: Person;
beforeAll(async () => {
  deployment = await shareDeployment();
  redis = connectRedis({ kind: 'single', url: deployment.redis.url }, 'tool', 'test');
  await waitUntilReady(redis, 60_000);
});
afterAll(async () => {
  redis.disconnect();
  await deployment.stop();
});
beforeEach(async () => {
  person = await Person.signUp(here());
});

const here = () => deployment.urls[0];
const there = () => deployment.urls[1];
const identitiesPath = '/api/identities/';
const identitiesOf = async (credential: string) =>
  (await call<WireIdentity[]>('GET', there() + identitiesPath, credential)).body;
const addIdentity = (credential: string, name?: string) =>
  call<WireIdentity>('POST', here() + identitiesPath, credential, name === undefined ? {} : { name });
const makeKey = (credential: string, kind: 'management' | 'identity', json: object = {}) =>
  call<WireNewApiKey>('POST', `${here()}/api/auth/keys/${kind}/`, credential, json);
const claimsOf = (token: string) =>
  jwt.decode(token) as { exp: number; scope?: string; identity_uuid?: string };

/** @shows RFC 10027 §6.1.10 */
test('of several identities none is chosen: the whole account gets none of them, one alone is not guessed, and no scope names one', async () => {
  const first = await logIn(here(), person);
  const [only] = await identitiesOf(first.access);
  expect(first).toMatchObject({ identity: only, identity_key: expect.any(String) as unknown });
  const { body: second } = await addIdentity(first.access, 'Night shift');

  const whole = await logIn(here(), person);
  expect(whole).not.toHaveProperty('identity');
  expect(whole).not.toHaveProperty('identity_key');
  expect(whole).toMatchObject({ identities: [only, second] });
  expect(claimsOf(whole.access)).not.toHaveProperty('identity_uuid');
  expect(await identitiesOf(whole.management_key)).toEqual([only, second]);

  const login = await startLogin(here());
  const unsaid = await person.approveWith(here(), login.user_code, { key_scope: 'identity' });
  expect([unsaid.status, unsaid.text]).toEqual([400, expect.stringContaining('identity_uuid: is required')]);
  expect((await poll(here(), login.device_code)).body.error).toBe('authorization_pending');
  const said = { key_scope: 'identity', identity_uuid: second.uuid };
  expect((await person.approveWith(here(), login.user_code, said)).status).toBe(200);
  const { body: narrow } = await wait(there(), login.device_code);
  expect(narrow).toMatchObject({ management_key: '', identity: second });
  for (const credential of [narrow.access, 'identity_key' in narrow ? narrow.identity_key : '']) {
    expect(await identitiesOf(credential)).toEqual([second]);
    expect((await call('GET', `${there()}/api/auth/user/`, credential)).status).toBe(403);
    expect((await makeKey(credential, 'management')).status).toBe(403);
    expect((await makeKey(credential, 'identity', { identity_uuid: only?.uuid })).status).toBe(403);
  }

  const client = new OAuthClient(here());
  const tokens = await client.logIn(person);
  expect((await client.refresh(tokens.refresh_token, { scope: 'identity' })).body.error).toBe(
    'invalid_scope',
  );
  const { body: again } = await client.refresh(tokens.refresh_token);
  expect(again.scope).toBe('account');
});

test('what a login with an hour to live has and makes ends with it, whatever is asked for', async () => {
  const beganMs = Date.now();
  const login = await logIn(here(), person, 'a test', { key_ttl: 3600 });
  const endsMs = Date.now() + 3_600_000;
  const [identity] = await identitiesOf(login.access);
  const asked = { identity_uuid: identity?.uuid };
  const made = [
    await makeKey(login.access, 'management'),
    await makeKey(login.access, 'management', { expires_in: 86_400 }),
    await makeKey(login.management_key, 'identity', { ...asked, expires_in: 7200 }),
  ];
  // A key that a key made.
  made.push(await makeKey(made[0]?.body.key ?? '', 'identity', asked));
  const brought = await call<{ label: string; expires_dt: string | null }[]>(
    'GET',
    `${there()}/api/auth/keys/management/`,
    login.access,
  );
  const ends = [...made.map(({ body }) => body.expires_dt), ...brought.body.map(({ expires_dt: at }) => at)];
  expect(ends).toHaveLength(7);
  for (const end of ends.map((text) => Date.parse(text ?? ''))) {
    expect(end).toBeGreaterThanOrEqual(beganMs + 3_600_000 - 1_000);
    expect(end).toBeLessThanOrEqual(endsMs);
  }
  // One that ends sooner ends what it makes sooner.
  const brief = await makeKey(login.access, 'management', { expires_in: 60 });
  const ofBrief = await makeKey(brief.body.key, 'management', { expires_in: 3000 });
  expect(ofBrief.body.expires_dt).toBe(brief.body.expires_dt);
  const { body: refreshed } = await send<{ access: string; refresh: string }>(
    `${there()}/api/auth/token/refresh/`,
    { json: { refresh: login.refresh } },
  );
  for (const token of [login.access, login.refresh, refreshed.access, refreshed.refresh]) {
    expect(claimsOf(token).exp).toBeLessThanOrEqual(Math.ceil(endsMs / 1000));
  }
});

test('an account has so many identities, and not one more by whichever door; one that goes makes room', async () => {
  const login = await logIn(here(), person);
  const identities = new IdentityStore(redis);
  const place = { domain: 'agents.test', nowMs: Date.now() };
  for (let count = 2; count < maxIdentities; count++) {
    const added = await identities.add(person.user.id, { name: `Number ${count}` }, place);
    expect(added.kind).toBe('written');
  }
  const last = await addIdentity(login.access, 'The last');
  expect(last.status).toBe(201);

  const refused = await addIdentity(login.access, 'One above');
  expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('Delete one first')]);
  const pending = await startLogin(here());
  const terms = { identity_uuid: 'new', identity_name: 'One above' };
  expect((await person.approveWith(here(), pending.user_code, terms)).status).toBe(409);
  expect((await poll(here(), pending.device_code)).body.error).toBe('authorization_pending');
  const all = async () => (await new AccountStore(redis).read(person.user.id))?.identities ?? [];
  expect(await all()).toHaveLength(maxIdentities);

  await call('DELETE', `${here()}${identitiesPath}${last.body.uuid}/`, login.access);
  expect((await person.approveWith(here(), pending.user_code, terms)).status).toBe(200);
  expect((await wait(there(), pending.device_code)).body).toMatchObject({ identity: { name: 'One above' } });
  expect(await all()).toHaveLength(maxIdentities);
});
