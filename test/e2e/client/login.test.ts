import { inspect } from 'node:util';
import { deviceLogin, type DeviceLoginOptions, memoryStore, openSession, type Session } from '@ravi/client';
import { startClientLogin } from '../../support/client-login.ts';
import { Person } from '../../support/person.ts';
import { deployPublic, type PublicDeployment } from '../../support/stack.ts';

let deployment: PublicDeployment;
let server: string;
let person: Person;
beforeAll(async () => {
  deployment = await deployPublic({ POLL_INTERVAL_SECONDS: '1' });
  server = deployment.url;
  person = await Person.signUp(server);
});
afterAll(() => deployment.stop());

const apis = [
  ['the JSON API', { clientName: 'a client' }],
  ['OAuth 2.0', { clientId: 'a-client' }],
  ['OAuth 2.0 with a key', { clientId: 'a-client', dpop: true }],
] as const;

async function logIn(options: Partial<DeviceLoginOptions>, store = memoryStore()): Promise<Session> {
  const login = startClientLogin({ server, store, ...options });
  await person.approve(server, (await login.code).userCode);
  const result = await login.result;
  if (result.kind !== 'loggedIn') throw new Error(JSON.stringify(result));
  return result.session;
}

const emailOf = async (session: Session) => {
  const answer = await session.fetch(`${server}/api/auth/user/`);
  const body: unknown = await answer.json();
  return body;
};

describe.each(apis)('by %s', (_name, options) => {
  test('a program logs in, calls, refreshes, opens its login again, and logs out everywhere', async () => {
    const store = memoryStore();
    const session = await logIn(options, store);
    expect(await emailOf(session)).toMatchObject({ email: person.email });
    const before = await session.credentials();
    await session.refresh();
    const after = await session.credentials();
    expect(after.accessToken).not.toBe(before.accessToken);
    expect(after.refreshToken).not.toBe(before.refreshToken);

    const reopened = await openSession({ server, store });
    if (!reopened) throw new Error('The login was not kept.');
    expect(await emailOf(reopened)).toMatchObject({ email: person.email });
    expect(await openSession({ server: 'https://elsewhere.example', store })).toBeNull();

    expect(await reopened.logout()).toEqual({ kind: 'ended' });
    expect(await store.read()).toBeNull();
    for (const credential of [after.accessToken, after.managementKey, after.identityKey]) {
      if (credential === null) continue;
      const headers = { authorization: `${after.tokenType} ${credential}` };
      expect((await fetch(`${server}/api/auth/user/`, { headers })).status).toBe(401);
    }
    await expect(session.refresh()).rejects.toMatchObject({ code: 'not_logged_in' });
  });

  test('a denial is a result with a type, and an error with a code', async () => {
    const login = startClientLogin({ server, ...options });
    await person.deny(server, (await login.code).userCode);
    expect(await login.result).toEqual({ kind: 'denied' });
    const onCode = async ({ userCode }: { userCode: string }) => {
      await person.deny(server, userCode);
    };
    await expect(deviceLogin({ server, ...options, onCode })).rejects.toMatchObject({
      code: 'access_denied',
    });
  });

  test('an abort ends the wait at once, leaves the code to expire and stores nothing', async () => {
    const store = memoryStore();
    const aborting = new AbortController();
    const login = startClientLogin({ server, store, signal: aborting.signal, ...options });
    const { expiresAtMs } = await login.code;
    aborting.abort();
    expect(await login.result).toEqual({ kind: 'aborted', codeExpiresAtMs: expiresAtMs });
    expect(await store.read()).toBeNull();
  });
});

test('a token that was refused is refreshed, and the call sent once more with its body', async () => {
  const store = memoryStore();
  const session = await logIn({ clientName: 'a client' }, store);
  const kept = await store.read();
  if (!kept) throw new Error('Nothing is kept.');
  await store.write({ ...kept, accessToken: 'no token' });
  const stale = await openSession({ server, store });
  const answer = await stale?.fetch(`${server}/api/identities/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ first_name: 'Ada', last_name: 'Lund' }),
  });
  expect(answer?.status).toBe(201);
  expect(await session.logout()).toEqual({ kind: 'ended' });
});

test('a login that its human has ended says so, and is forgotten', async () => {
  const store = memoryStore();
  const session = await logIn({ clientName: 'a client' }, store);
  const headers = { authorization: `Bearer ${await session.accessToken()}` };
  await fetch(`${server}/api/auth/logout/`, { method: 'POST', headers });
  await expect(session.refresh()).rejects.toMatchObject({ code: 'session_ended' });
  expect(await store.read()).toBeNull();
});

test('a token that is bound to a key is of no use without it', async () => {
  const session = await logIn({ clientId: 'a-client', dpop: true });
  const token = await session.accessToken();
  const bare = await fetch(`${server}/api/auth/user/`, { headers: { authorization: `DPoP ${token}` } });
  expect(bare.status).toBe(401);
});

test('the code comes with its link as a QR code, and with the time until when it is good', async () => {
  const aborting = new AbortController();
  const beganMs = Date.now();
  const login = startClientLogin({ server, signal: aborting.signal });
  const code = await login.code;
  expect(code).toMatchObject({
    userCode: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
    verificationUri: `${server}/device`,
    verificationUriComplete: `${server}/device?user_code=${code.userCode}`,
    qr: expect.stringMatching(/█/),
  });
  expect(code.expiresAtMs - beganMs).toBeGreaterThan(890_000);
  aborting.abort();
  await login.result;
});

test('a new login ends the one that was kept before', async () => {
  const store = memoryStore();
  const first = await (await logIn({ clientName: 'first' }, store)).credentials();
  await logIn({ clientName: 'second' }, store);
  const headers = { authorization: `Bearer ${first.managementKey}` };
  expect((await fetch(`${server}/api/auth/user/`, { headers })).status).toBe(401);
});

test('a session shows none of its secrets to a log', async () => {
  const session = await logIn({ clientName: 'a client' });
  const { accessToken, refreshToken, managementKey } = await session.credentials();
  const shown = inspect(session, { depth: 9, showHidden: true }) + JSON.stringify(session);
  for (const secret of [accessToken, refreshToken, managementKey]) expect(shown).not.toContain(secret);
});
