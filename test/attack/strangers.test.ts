import type { DeviceTokenSuccess, WireIdentity } from '@ravi/contract';
import { DpopKey } from '../support/dpop-key.ts';
import { send } from '../support/http.ts';
import { call, logIn } from '../support/logged-in.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { openApi } from '../support/openapi.ts';
import { Person } from '../support/person.ts';
import { startLogin, wait } from '../support/program.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';

type FullLogin = DeviceTokenSuccess & { identity_key: string; identity: WireIdentity };

let deployment: SharedDeployment;
let victim: Belongings;
beforeAll(async () => {
  deployment = await shareDeployment();
  victim = await belongings();
});
afterAll(() => deployment.stop());

const here = () => deployment.urls[0];
const there = () => deployment.urls[1];

/** A person with a program, an identity, and keys of both kinds that the program made. */
async function belongings() {
  const person = await Person.signUp(here());
  const login = (await logIn(here(), person)) as FullLogin;
  const identity = await call<{ uuid: string }>('POST', `${here()}/api/identities/`, login.access, {
    name: 'Ada',
  });
  const identityUuid = identity.body.uuid;
  const make = async (kind: string, json: object) =>
    (await call<{ id: string; key: string }>('POST', `${here()}/api/auth/keys/${kind}/`, login.access, json))
      .body;
  const managementKey = await make('management', {});
  const identityKey = await make('identity', { identity_uuid: identityUuid });
  return { person, login, identityUuid, managementKey, identityKey };
}
type Belongings = Awaited<ReturnType<typeof belongings>>;

/** Everything that somebody sees of what is theirs. */
async function seenBy({ login }: Belongings): Promise<string> {
  const paths = ['auth/user/', 'identities/', 'auth/keys/management/', 'auth/keys/identity/'];
  const answers = await Promise.all(paths.map((path) => call('GET', `${there()}/api/${path}`, login.access)));
  return answers
    .map(({ status, text }) => `${status} ${text.replaceAll(/"last_used_dt":[^,}]*/g, '')}`)
    .join('\n');
}

type Headers = Readonly<Record<string, string>>;
const bearer = (credential: string): Headers => ({ authorization: `Bearer ${credential}` });

/** Texts that no call of programs accepts as a credential, though some of them are accepted elsewhere. */
async function worthless(stranger: Belongings): Promise<Readonly<Record<string, Headers>>> {
  const { person, login } = stranger;
  const ended = await logIn(here(), person);
  await call('POST', `${here()}/api/auth/logout/`, ended.access);
  const client = new OAuthClient(here());
  const key = new DpopKey();
  const started = await client.start();
  const proof = key.proof('POST', 'http://login.localhost:3000/oauth/token');
  const waiting = client.wait(started.device_code, { dpop: proof });
  await person.approve(here(), started.user_code);
  const bound = (await waiting).body.access_token;
  return {
    nothing: {},
    'a word': bearer('x'),
    'a key that nobody made': bearer(`ravi_mgmt_${'0'.repeat(49)}`),
    'a refresh token': bearer(login.refresh),
    'a token of a login that has ended': bearer(ended.access),
    'a key of a login that has ended': bearer(ended.management_key),
    'a token that is bound to a key, without a proof': { authorization: `DPoP ${bound}` },
    'a bound token as a bearer token': bearer(bound),
    'a session': { cookie: person.cookie, 'x-csrf-token': person.csrfToken },
    'a management key as a password': { authorization: `Basic ${btoa(`${login.management_key}:`)}` },
  };
}

/** Credentials of a stranger, which the calls of programs accept for the stranger's own things. */
async function ofAStranger(stranger: Belongings): Promise<Readonly<Record<string, Headers>>> {
  const { person, login, managementKey, identityKey } = stranger;
  const narrow = await logIn(here(), person, 'narrow', {
    identity_uuid: stranger.identityUuid,
    key_scope: 'identity',
  });
  return {
    'a token': bearer(login.access),
    'a token for one identity': bearer(narrow.access),
    'the management key of a login': bearer(login.management_key),
    'the identity key of a login': bearer(login.identity_key),
    'a management key': bearer(managementKey.key),
    'an identity key': bearer(identityKey.key),
    'a token of an OAuth client': bearer((await new OAuthClient(here()).logIn(person)).access_token),
  };
}

/** The calls that need this, by openapi.json, each with a body that would be served. */
function callsWith(scheme: 'bearer' | 'session') {
  return Object.entries(openApi.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([, operation]) => operation.security?.some((needed) => scheme in needed))
      .map(([method]) => ({ method: method.toUpperCase(), path })),
  );
}

const bodyOf = (path: string, identityUuid: string) =>
  path.startsWith('/api/identities') ? { name: 'Taken over' } : { identity_uuid: identityUuid };

/** Sends each call of programs about the victim's things. */
async function tryAll(headers: Headers) {
  const calls = callsWith('bearer').filter(({ path }) => path !== '/api/auth/logout/');
  return Promise.all(
    calls.map(async ({ method, path }) => {
      const id = path.includes('/identity/') ? victim.identityKey.id : victim.managementKey.id;
      const url = there() + path.replace('{uuid}', victim.identityUuid).replace('{id}', id);
      const json = ['GET', 'DELETE'].includes(method) ? {} : { json: bodyOf(path, victim.identityUuid) };
      const answer = await send(url, { method, headers, ...json });
      return { name: `${method} ${path}`, namesVictim: /\{|keys\/identity\/$/.test(path), answer };
    }),
  );
}

/** @shows somebody else’s */
test('no call of programs is served for what is no credential, whatever other door it opens', async () => {
  const before = await seenBy(victim);
  const stranger = await belongings();
  for (const [kind, headers] of Object.entries(await worthless(stranger))) {
    const answers = await tryAll(headers);
    expect(answers.length).toBeGreaterThan(14);
    expect(answers.filter(({ answer }) => answer.status !== 401).map(({ name }) => [kind, name])).toEqual([]);
    const loggedOut = await send(`${there()}/api/auth/logout/`, { headers });
    expect([kind, loggedOut.status]).toEqual([kind, 401]);
  }
  expect(await seenBy(victim)).toBe(before);
});

/** @shows somebody else’s */
test('no credential of a stranger reads, changes or ends what is somebody else’s, by any call', async () => {
  const before = await seenBy(victim);
  const stranger = await belongings();
  const { person, login, identityUuid, managementKey, identityKey } = victim;
  const secrets = [person.email, login.identity.uuid, identityUuid, managementKey.id, identityKey.id];
  const kinds = await ofAStranger(stranger);
  for (const [kind, headers] of Object.entries(kinds)) {
    const answers = await tryAll(headers);
    const wrong = answers.filter(({ name, namesVictim, answer }) => {
      // Somebody else's identity gets the answer of one that does not exist, and no keys are made for it.
      if (namesVictim && !name.startsWith('GET /api/auth/keys/identity/'))
        return ![400, 403, 404].includes(answer.status);
      return answer.status >= 500 || secrets.some((secret) => answer.text.includes(secret));
    });
    expect(wrong.map(({ name, answer }) => [kind, name, answer.status])).toEqual([]);
  }
  for (const headers of Object.values(kinds)) await send(`${there()}/api/auth/logout/`, { headers });
  expect(await seenBy(victim)).toBe(before);
  const theirs = [login.access, login.management_key, login.identity_key, managementKey.key, identityKey.key];
  const alive = theirs.map((credential) => call('GET', `${there()}/api/identities/`, credential));
  expect((await Promise.all(alive)).map(({ status }) => status)).toEqual(theirs.map(() => 200));
});

/** @shows somebody else’s */
test('what is for one identity opens no other identity of the same account, and makes no keys for it', async () => {
  const { person, login, identityUuid, managementKey } = victim;
  const narrow = (await logIn(here(), person, 'narrow', {
    identity_uuid: login.identity.uuid,
    key_scope: 'identity',
  })) as FullLogin;
  const before = await seenBy(victim);
  for (const [kind, credential] of Object.entries({
    'the identity key of a login': login.identity_key,
    'a token for one identity': narrow.access,
    'the key that came with it': narrow.identity_key,
  })) {
    const answers = await tryAll(bearer(credential));
    const served = answers.filter(({ name, answer }) => /\{|^POST/.test(name) && answer.status < 300);
    expect([kind, served.map(({ name }) => name)]).toEqual([kind, []]);
    const told = answers.filter(({ answer }) =>
      [identityUuid, managementKey.id].some((id) => answer.text.includes(id)),
    );
    expect([kind, told.map(({ name }) => name)]).toEqual([kind, []]);
  }
  expect(await seenBy(victim)).toBe(before);
});

/** @shows somebody else’s */
test('only a session decides and follows, and only its own decision', async () => {
  const stranger = await belongings();
  const pending = await startLogin(here());
  const decided = await startLogin(here());
  const waiting = wait(here(), decided.device_code);
  await victim.person.approve(here(), decided.user_code);
  await waiting;
  const calls = callsWith('session');
  expect(calls).toHaveLength(3);
  const ask = ({ method, path }: (typeof calls)[number], userCode: string, headers: Headers) =>
    method === 'GET'
      ? send(`${there()}${path}?user_code=${userCode}`, { method, headers })
      : send(there() + path, { method, headers, json: { user_code: userCode } });
  const { session, ...credentials } = {
    session: { cookie: stranger.person.cookie, 'x-csrf-token': stranger.person.csrfToken },
    nothing: {},
    ...(await ofAStranger(stranger)),
  };
  for (const [kind, headers] of Object.entries(credentials))
    for (const each of calls)
      expect([kind, each.path, (await ask(each, pending.user_code, headers)).status]).toEqual([
        kind,
        each.path,
        401,
      ]);
  for (const each of calls) {
    const { status } = await ask(each, decided.user_code, session);
    expect([each.path, status]).toEqual([each.path, each.method === 'GET' ? 404 : 409]);
  }
  const own = { cookie: victim.person.cookie };
  const followed = calls.find(({ method }) => method === 'GET');
  expect(followed && (await ask(followed, decided.user_code, own)).status).toBe(200);
});
