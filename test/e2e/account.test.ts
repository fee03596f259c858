import type { DeviceTokenSuccess, WireApiKey, WireDomain, WireIdentity, WireNewApiKey } from '@ravi/contract';
import { recogniseApiKey } from '@ravi/credentials';
import { Redis } from 'ioredis';
import { eventually } from '../support/eventually.ts';
import type { Received } from '../support/http.ts';
import { call, logIn } from '../support/logged-in.ts';
import { Person } from '../support/person.ts';
import { loginKeyOf, poll, startLogin, waitPatiently } from '../support/program.ts';
import { type Deployment, deploy } from '../support/stack.ts';

let deployment: Deployment;
let redis: Redis;
beforeAll(async () => {
  deployment = await deploy({ IDENTITY_EMAIL_DOMAIN: 'agents.test, more.test' });
  redis = new Redis(deployment.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await deployment.stop();
});

const here = () => deployment.urls[0];
const there = () => deployment.urls[1];

/** A person with a logged-in program, and calls as that program. */
async function account() {
  const person = await Person.signUp(here());
  const login = (await logIn(here(), person)) as DeviceTokenSuccess & {
    identity_key: string;
    identity: WireIdentity;
  };
  const as = (credential: string) => ({
    list: <T>(path: string) => call<T[]>('GET', there() + path, credential),
    get: <T>(path: string) => call<T>('GET', there() + path, credential),
    post: <T>(path: string, json?: unknown): Promise<Received<T & { detail?: string }>> =>
      call('POST', here() + path, credential, json),
    put: <T>(path: string, json: unknown) => call<T>('PUT', here() + path, credential, json),
    patch: <T>(path: string, json: unknown) => call<T>('PATCH', here() + path, credential, json),
    delete: (path: string) => call('DELETE', here() + path, credential),
  });
  return { person, login, as, program: as(login.management_key), agent: as(login.identity_key) };
}

const identities = '/api/identities/';
const identityKeys = '/api/auth/keys/identity/';
const managementKeys = '/api/auth/keys/management/';

describe('identities', () => {
  test('are listed as a plain array and read one by one, with and without slash, by token and key alike', async () => {
    const { as, login } = await account();
    for (const credential of [login.access, login.management_key, login.identity_key]) {
      const program = as(credential);
      expect((await program.list(identities)).body).toEqual([login.identity]);
      expect((await program.get(identities.slice(0, -1))).body).toEqual([login.identity]);
      expect((await program.get(`${identities}${login.identity.uuid}/`)).body).toEqual(login.identity);
    }
  });

  test('are made with a realistic name and a matching free address, or as asked for', async () => {
    const { program } = await account();
    const drawn = await program.post<WireIdentity>(identities);
    expect(drawn.status).toBe(201);
    expect(drawn.body.name).toMatch(/^\p{Lu}\p{L}+ \p{Lu}\p{L}+$/u);
    expect(drawn.body.email).toMatch(/^[a-z]+\.[a-z]+\.\d{5}@agents\.test$/);
    expect(drawn.body.inbox).toBe(drawn.body.email);
    const mark = drawn.body.uuid.slice(0, 8);
    const named = await program.post<WireIdentity>(identities, { name: 'Buyer', email: `buyer.${mark}` });
    expect(named.body).toMatchObject({ name: 'Buyer', email: `buyer.${mark}@agents.test`, phone: '' });
    const elsewhere = await program.post<WireIdentity>(identities, { email: `Seller.${mark}@more.test` });
    expect(elsewhere.body.email).toBe(`seller.${mark}@more.test`);
    const given = await program.post<WireIdentity>(identities, { name: 'Zoë Quartz' });
    expect(given.body.email).toMatch(/^zoe\.quartz\.\d{5}@agents\.test$/);
    expect((await program.list(identities)).body).toHaveLength(5);
  });

  test('have names that are unique in their account and addresses that are unique among all', async () => {
    const [one, other] = [await account(), await account()];
    const email = `first.${one.login.identity.uuid.slice(0, 8)}`;
    expect((await one.program.post(identities, { name: 'Twin', email })).status).toBe(201);
    expect((await one.program.post(identities, { name: 'tWIN' })).status).toBe(409);
    expect((await one.program.post(identities, { email })).status).toBe(409);
    expect((await other.program.post(identities, { email })).status).toBe(409);
    expect((await other.program.post(identities, { name: 'Twin' })).status).toBe(201);
    const parallel = await Promise.all(
      Array.from({ length: 10 }, () => one.program.post(identities, { name: 'Parallel' })),
    );
    expect(parallel.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  test('change by PUT and PATCH; an address that was given up is nobody else’s', async () => {
    const [{ program, login }, other] = [await account(), await account()];
    const path = `${identities}${login.identity.uuid}/`;
    const renamed = await program.patch<WireIdentity>(path, { name: 'Renamed' });
    expect(renamed.body).toMatchObject({ name: 'Renamed', email: login.identity.email });
    const moved = await program.put<WireIdentity>(path, {
      name: 'Moved',
      email: `moved.${login.identity.uuid.slice(0, 8)}`,
    });
    expect(moved.body.name).toBe('Moved');
    expect((await other.program.post(identities, { email: login.identity.email })).status).toBe(409);
    expect((await program.put(path, { email: 'no-name' })).status).toBe(400);
    expect((await program.patch<WireIdentity>(path, { email: login.identity.email })).status).toBe(200);
  });

  test('take their keys with them when they are deleted', async () => {
    const { program, agent, as, login } = await account();
    const path = `${identities}${login.identity.uuid}/`;
    const made = await program.post<WireNewApiKey>(identityKeys, { identity_uuid: login.identity.uuid });
    expect((await program.delete(path)).status).toBe(204);
    expect((await agent.list(identities)).status).toBe(401);
    expect((await as(made.body.key).list(identities)).status).toBe(401);
    expect((await program.list(identities)).body).toEqual([]);
    expect((await program.get(path)).status).toBe(404);
    expect((await program.delete(path)).status).toBe(404);
  });

  describe('that are gone before their login is collected', () => {
    const approvedFor = async ({ beforeApproval = () => {} } = {}) => {
      const { person, program } = await account();
      const { body: doomed } = await program.post<WireIdentity>(identities, { name: 'Doomed' });
      const login = await startLogin(here());
      beforeApproval();
      const terms = { identity_uuid: doomed.uuid, key_scope: 'identity' };
      await person.approveWith(here(), login.user_code, terms);
      return { login, doom: () => program.delete(`${identities}${doomed.uuid}/`) };
    };

    // Either the issuer is back first, or the api looks at the approval: whoever is first, the program is refused.
    test('get no other in their place, where nothing was issued yet', async () => {
      const { login, doom } = await approvedFor({ beforeApproval: () => deployment.issuer.freeze() });
      await doom();
      deployment.issuer.thaw();
      expect((await waitPatiently(deployment.urls, login.device_code)).body.error).toBe('access_denied');
    });

    test('take with them what was issued already', async () => {
      const { login, doom } = await approvedFor();
      const state = () => redis.hget(loginKeyOf(login.device_code), 'state');
      await eventually('it is issued', async () => (await state()) === 'issued');
      await doom();
      expect((await poll(there(), login.device_code)).body.error).toBe('access_denied');
    });
  });

  test.each([
    ['an address under a foreign domain', { email: 'a@elsewhere.test' }, 'allowed domain'],
    ['an address that is none', { email: 'a b' }, 'email'],
    ['two at signs', { email: 'a@b@agents.test' }, 'email'],
    ['a reserved address', { email: 'postmaster' }, 'reserved'],
    ['a name with control characters', { name: 'a\u0000b' }, 'name'],
    ['a name that is too long', { name: 'x'.repeat(65) }, 'name'],
    ['a name of another type', { name: 7 }, 'name'],
  ])('are not made from %s', async (_, json, hint) => {
    const { program } = await account();
    const answer = await program.post<{ error_description: string }>(identities, json);
    expect(answer.status).toBe(400);
    expect(answer.body.error_description).toContain(hint);
  });

  test('come without a phone number, and a call that asks for one is told so', async () => {
    const { program } = await account();
    const answer = await program.post(identities, { provision_phone: true });
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toContain('phone');
    expect((await program.list(identities)).body).toHaveLength(1);
  });
});

test('the allowed domains are listed, the same at every api and every time', async () => {
  const { program, login, as } = await account();
  const first = (await program.list<WireDomain>('/api/domains/')).body;
  expect(first.map(({ domain }) => domain)).toEqual(['agents.test', 'more.test']);
  expect((await call('GET', `${here()}/api/domains/`, login.access)).body).toEqual(first);
  expect((await as(login.identity_key).list('/api/domains/')).body).toEqual(first);
});

describe('API keys', () => {
  test('are made with a label, told once, listed without the key, and work at every api', async () => {
    const { program, as, login } = await account();
    const management = await program.post<WireNewApiKey>(managementKeys, { label: 'deploy' });
    expect(management.status).toBe(201);
    expect(recogniseApiKey(management.body.key)).toBe('management');
    expect((await as(management.body.key).get('/api/auth/user/')).status).toBe(200);
    const identity = await program.post<WireNewApiKey>(identityKeys, {
      identity_uuid: login.identity.uuid,
      label: 'agent',
    });
    expect(recogniseApiKey(identity.body.key)).toBe('identity');
    expect((await as(identity.body.key).list(identities)).body).toEqual([login.identity]);
    const { key, ...listed } = management.body;
    const list = await program.list<WireApiKey>(managementKeys);
    expect(list.body.map(({ label }) => label)).toEqual(['a test', 'deploy']);
    expect(list.body[1]).toEqual({ ...listed, last_used_dt: expect.stringMatching(/Z$/) });
    expect(list.text).not.toContain(key);
    expect((await program.list<WireApiKey>(identityKeys)).body[1]?.identity_uuid).toBe(login.identity.uuid);
  });

  test('are revoked everywhere at once', async () => {
    const { program, as } = await account();
    const { body } = await program.post<WireNewApiKey>(managementKeys, { label: 'short' });
    expect((await program.delete(`${identityKeys}${body.id}/`)).status).toBe(404);
    expect((await program.delete(`${managementKeys}${body.id}/`)).status).toBe(204);
    expect((await as(body.key).get('/api/auth/user/')).status).toBe(401);
    expect((await program.delete(`${managementKeys}${body.id}/`)).status).toBe(404);
    expect((await program.list(managementKeys)).body).toHaveLength(1);
  });

  /** @shows RFC 10027 §6.1.10 */
  test('end by themselves when they were made to', async () => {
    const { program } = await account();
    const { body } = await program.post<WireNewApiKey>(managementKeys, { expires_in: 3600 });
    const endsInMs = Date.parse(body.expires_dt ?? '') - Date.parse(body.created_dt);
    expect(endsInMs).toBe(3_600_000);
    for (const seconds of [0, 1, -5, 1.5, 'soon', 1e12]) {
      expect((await program.post(managementKeys, { expires_in: seconds })).status).toBe(400);
    }
  });

  /** @shows ASVS V10.3.2 */
  test('of one account are nothing to another', async () => {
    const [one, other] = [await account(), await account()];
    const { body } = await one.program.post<WireNewApiKey>(managementKeys);
    const { uuid } = one.login.identity;
    expect((await other.program.delete(`${managementKeys}${body.id}/`)).status).toBe(404);
    expect((await other.program.post(identityKeys, { identity_uuid: uuid })).status).toBe(400);
    for (const method of ['GET', 'DELETE', 'PATCH'] as const) {
      const answer = await call(
        method,
        `${here()}${identities}${uuid}/`,
        other.login.management_key,
        method === 'PATCH' ? {} : undefined,
      );
      expect(answer.status).toBe(404);
    }
    expect((await one.as(body.key).get('/api/auth/user/')).status).toBe(200);
  });

  test('cannot be made while no issuer is there, and then none is left behind', async () => {
    const { program } = await account();
    deployment.issuer.freeze();
    const refused = await program.post(managementKeys, { label: 'lost' });
    deployment.issuer.thaw();
    expect(refused.status).toBe(503);
    // An issuer that stood still connects anew first.
    await eventually('a key is made', async () => {
      const { status } = await program.post(managementKeys, { label: 'kept' });
      expect([201, 503]).toContain(status);
      return status === 201;
    });
    const labels = (await program.list<WireApiKey>(managementKeys)).body.map(({ label }) => label);
    expect(labels).toEqual(['a test', 'kept']);
  });
});

test('an identity key reaches its own identity, to read, and nothing else', async () => {
  const { program, agent, login } = await account();
  const other = await program.post<WireIdentity>(identities, { name: 'Other' });
  expect((await agent.list(identities)).body).toEqual([login.identity]);
  expect((await agent.get(`${identities}${other.body.uuid}/`)).status).toBe(404);
  const own = `${identities}${login.identity.uuid}/`;
  const refused = await Promise.all([
    agent.patch(own, { name: 'Mine' }),
    agent.put(own, { name: 'Mine' }),
    agent.delete(own),
    agent.post(identities),
    agent.list(identityKeys),
    agent.list(managementKeys),
    agent.post(identityKeys, { identity_uuid: login.identity.uuid }),
    agent.post(managementKeys),
    agent.get('/api/auth/user/'),
  ]);
  expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 403));
});

test('an identity key learns the name of the owner, and nothing else of the account', async () => {
  const { agent } = await account();
  expect((await agent.get('/api/master/')).body).toEqual({ first_name: 'Test', last_name: 'Person' });
});

/** @shows RFC 10027 §6.1.9, ASVS V10.3.2, RFC 9700 §2.3(2) */
test('a program that was granted one identity alone gets no management key, and its token reads that identity only', async () => {
  const { person, program, login } = await account();
  await program.post(identities, { name: 'Other' });
  const restricted = await logIn(here(), person, 'restricted', {
    identity_uuid: login.identity.uuid,
    key_scope: 'identity',
    key_ttl: 3600,
  });
  expect(restricted.management_key).toBe('');
  const list = await call<WireIdentity[]>('GET', `${here()}${identities}`, restricted.access);
  expect(list.body.map(({ uuid }) => uuid)).toEqual([login.identity.uuid]);
  expect((await call('GET', `${here()}/api/auth/user/`, restricted.access)).status).toBe(403);
  const [, key] = (await program.list<WireApiKey>(identityKeys)).body;
  expect(Date.parse(key?.expires_dt ?? '') - Date.parse(key?.created_dt ?? '')).toBe(3_600_000);
});
