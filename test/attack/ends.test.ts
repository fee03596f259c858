import { AccountStore } from '@ravi/accounts';
import type { DeviceTokenSuccess, WireIdentity, WireNewApiKey } from '@ravi/contract';
import { connectRedis, type RedisClient, waitUntilReady } from '@ravi/redis';
import { send } from '../support/http.ts';
import { call, logIn } from '../support/logged-in.ts';
import { DpopKey } from '../support/dpop-key.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { Person } from '../support/person.ts';
import { poll, startLogin } from '../support/program.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';

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
const managementKeys = '/api/auth/keys/management/';
const identityKeys = '/api/auth/keys/identity/';
type FullLogin = DeviceTokenSuccess & { identity_key: string; identity: WireIdentity };

const login = async (terms = {}) => (await logIn(here(), person, 'a program', terms)) as FullLogin;
const make = (credential: string, json: object = {}, path = managementKeys) =>
  call<WireNewApiKey & { detail?: string }>('POST', here() + path, credential, json);
const refresh = (token: string) =>
  send<{ access: string; refresh: string }>(`${here()}/api/auth/token/refresh/`, {
    json: { refresh: token },
  });

/** Whether each of these credentials works, at both apis: at one that has seen it before, and at one that has not. */
async function alive(...credentials: readonly string[]): Promise<readonly boolean[]> {
  return Promise.all(
    credentials.map(async (credential) => {
      const answers = await Promise.all(
        [here(), there()].map((url) => call('GET', `${url}/api/identities/`, credential)),
      );
      const statuses = new Set(answers.map(({ status }) => status));
      if (statuses.size > 1) throw new Error('The apis do not agree.');
      return statuses.has(200);
    }),
  );
}

/** A login, keys that its token and its key made, and one that a made key made. */
async function family() {
  const { access, management_key: own, identity_key: identityKey, identity, refresh: token } = await login();
  const byToken = (await make(access)).body;
  const byKey = (await make(own)).body;
  const grandchild = (await make(byToken.key)).body;
  const all = [access, own, identityKey, byToken.key, byKey.key, grandchild.key];
  expect(await alive(...all)).toEqual(all.map(() => true));
  return { access, own, identityKey, identity, token, byToken, byKey, grandchild, all };
}

async function forgetAnswers(): Promise<void> {
  const kept = await redis.keys('ravi:mint:*');
  if (kept.length > 0) await redis.del(...kept);
}

/** @shows ASVS V10.4.5, RFC 9700 §4.14.2(3), incomplete end */
test('a reused refresh token ends the keys of its login too, those that the thief made, and those that these made', async () => {
  const other = await login();
  const { token, all } = await family();
  const stolen = await refresh(token);
  const byThief = (await make(stolen.body.access)).body.key;
  const byThatKey = (await make(byThief)).body.key;
  await forgetAnswers();
  expect((await refresh(token)).status).toBe(401);
  const dead = [...all, stolen.body.access, byThief, byThatKey];
  expect(await alive(...dead)).toEqual(dead.map(() => false));
  expect(await alive(other.access, other.management_key)).toEqual([true, true]);
});

/** @shows incomplete end */
test('logging out, and revoking either token, ends all that came from the login', async () => {
  const ends = [
    (of: { access: string }) => call('POST', `${there()}/api/auth/logout/`, of.access),
    (of: { access: string }) =>
      send(`${there()}/oauth/revoke`, { form: { client_id: 'ravi-device', token: of.access } }),
    (of: { token: string }) =>
      send(`${there()}/oauth/revoke`, { form: { client_id: 'ravi-device', token: of.token } }),
  ];
  for (const end of ends) {
    const it = await family();
    expect((await end(it)).status).toBeLessThan(300);
    expect(await alive(...it.all)).toEqual(it.all.map(() => false));
  }
});

/** @shows incomplete end */
test('a revoked key takes along what descends from it, however it was revoked, and nothing else', async () => {
  const revocations = [
    (of: { byToken: WireNewApiKey; own: string }) =>
      call('DELETE', `${there()}${managementKeys}${of.byToken.id}/`, of.own),
    (of: { byToken: WireNewApiKey }) => call('POST', `${there()}/api/auth/logout/`, of.byToken.key),
    (of: { byToken: WireNewApiKey }) =>
      send(`${there()}/oauth/revoke`, { form: { client_id: 'ravi-device', token: of.byToken.key } }),
  ];
  for (const revoke of revocations) {
    const it = await family();
    expect((await revoke(it)).status).toBeLessThan(300);
    expect(await alive(it.byToken.key, it.grandchild.key)).toEqual([false, false]);
    expect(await alive(it.access, it.own, it.byKey.key)).toEqual([true, true, true]);
    const listed = await call<{ id: string }[]>('GET', here() + managementKeys, it.own);
    const ids = Object.values(listed.body).map(({ id }) => id);
    expect(ids).not.toContain(it.byToken.id);
    expect(ids).not.toContain(it.grandchild.id);
    expect(ids).toContain(it.byKey.id);
  }
});

/** @shows incomplete end */
test('a deleted identity takes its keys and its tokens along, also those of a login that has it alone', async () => {
  const it = await family();
  const restricted = await login({ identity_uuid: it.identity.uuid, key_scope: 'identity' });
  const made = (await make(it.own, { identity_uuid: it.identity.uuid }, identityKeys)).body.key;
  await call('DELETE', `${there()}/api/identities/${it.identity.uuid}/`, it.own);
  const its = [it.identityKey, made, restricted.access, restricted.identity_key];
  expect(await alive(...its)).toEqual(its.map(() => false));
  expect((await refresh(restricted.refresh)).status).toBe(401);
  expect(await alive(it.access, it.own)).toEqual([true, true]);
});

/** @shows ASVS V7.4.2, incomplete end */
test('an account that is blocked, or gone, has no credential, no session and no approval left', async () => {
  const accounts = new AccountStore(redis);
  const ends = [
    (id: number) => accounts.end(id, 'everything', 'block'),
    (id: number) => redis.del(`ravi:account:${id}`),
  ];
  for (const end of ends) {
    person = await Person.signUp(here());
    const it = await family();
    const waiting = await startLogin(here());
    await person.approve(here(), waiting.user_code);
    await end(person.user.id);
    expect(await alive(...it.all)).toEqual(it.all.map(() => false));
    expect((await refresh(it.token)).status).toBe(401);
    expect((await poll(there(), waiting.device_code)).status).toBe(400);
    expect((await person.approve(there(), (await startLogin(here())).user_code)).status).toBe(401);
    const { email, password } = person;
    const again = await send(`${there()}/api/auth/login/`, { json: { email, password } });
    expect([401, 403]).toContain(again.status);
  }
});

/** @shows incomplete end */
test('approvals and "end all" at once leave nothing alive that was approved before', async () => {
  const accounts = new AccountStore(redis);
  for (let round = 0; round < 5; round++) {
    const logins = await Promise.all(Array.from({ length: 6 }, () => startLogin(here())));
    const approvals = logins.map((one, index) => person.approve(index % 2 ? here() : there(), one.user_code));
    const [{ status } = { status: 0 }] = await Promise.all([
      approvals[0],
      accounts.end(person.user.id, 'grants'),
    ]);
    expect(status).toBe(200);
    await Promise.all(approvals);
    const collected = await Promise.all(
      logins.map((one, index) =>
        send<DeviceTokenSuccess & { error?: string }>(
          `${index % 2 ? there() : here()}/api/auth/device/token/`,
          { json: { device_code: one.device_code, wait: true } },
        ),
      ),
    );
    // An approval came before the end, and its program is refused; or after it, and all that the program got works.
    const outcomes = await Promise.all(
      collected.map(async ({ status: told, body }) =>
        told === 200 ? alive(body.access, body.management_key) : body.error,
      ),
    );
    for (const outcome of outcomes)
      expect([['access_denied'], [true, true]].flat()).toEqual(expect.arrayContaining([outcome].flat()));
  }
});

/** @shows escalation */
test('a token of an OAuth client makes no keys, whether it is bound to a key or not', async () => {
  const client = new OAuthClient(here());
  const { access_token: token } = await client.logIn(person);
  const refused = await make(token);
  expect(refused.status).toBe(403);
  expect((await make(token, { identity_uuid: person.user.id }, identityKeys)).status).toBe(403);

  const key = new DpopKey();
  const started = await client.start();
  const waiting = client.wait(started.device_code, {
    dpop: key.proof('POST', 'http://login.localhost:3000/oauth/token'),
  });
  await person.approve(here(), started.user_code);
  const bound = (await waiting).body.access_token;
  const url = 'http://login.localhost:3000/api/auth/keys/management/';
  const answer = await send(`${here()}${managementKeys}`, {
    method: 'POST',
    headers: { authorization: `DPoP ${bound}`, dpop: key.proof('POST', url, bound) },
    json: {},
  });
  expect(answer.status).toBe(403);
});

/** @shows escalation */
test('no key outlives what made it, and keys do not make keys without end', async () => {
  const { management_key: own, access } = await login({ key_ttl: 600 });
  const endsMs = Date.now() + 600_000;
  for (const credential of [own, access]) {
    for (const asked of [{}, { expires_in: 100_000 }]) {
      const made = (await make(credential, asked)).body;
      expect(Date.parse(made.expires_dt ?? '')).toBeLessThanOrEqual(endsMs);
    }
  }
  let key = own;
  for (let generation = 2; generation <= 4; generation++) key = (await make(key)).body.key;
  const tooFar = await make(key);
  expect([tooFar.status, tooFar.body.detail]).toEqual([403, expect.stringContaining('access token')]);
  expect(await alive(key)).toEqual([true]);
});

/** @shows escalation */
test('what a credential makes has no more scope than it: an identity makes no keys', async () => {
  const { identity_key: identityKey, identity } = await login();
  const restricted = await login({ identity_uuid: identity.uuid, key_scope: 'identity' });
  for (const credential of [identityKey, restricted.access]) {
    expect((await make(credential)).status).toBe(403);
    expect((await make(credential, { identity_uuid: identity.uuid }, identityKeys)).status).toBe(403);
  }
});

/** @shows incomplete end */
test('keys that are made while their login ends are dead, whoever makes them', async () => {
  const it = await family();
  const racing = Array.from({ length: 12 }, (_, index) => make(index % 2 ? it.access : it.byToken.key));
  await call('POST', `${there()}/api/auth/logout/`, it.access);
  const made = (await Promise.all(racing)).filter(({ status }) => status === 201);
  const keys = made.map(({ body }) => body.key);
  expect(await alive(...keys)).toEqual(keys.map(() => false));
});

/** @shows ASVS V10.3.3, restored copy */
test('ids of accounts are drawn, so that none comes back after a restore', async () => {
  const people = await Promise.all(Array.from({ length: 8 }, () => Person.signUp(here())));
  const ids = people.map(({ user }) => user.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) {
    expect(Number.isSafeInteger(id)).toBe(true);
    expect(id).toBeGreaterThan(1e6);
  }
});
