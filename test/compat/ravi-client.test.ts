import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { memoryStore, openSession, type Session } from '@ravi/client';
import { startClientLogin } from '../support/client-login.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';

let provider: ChildProcess;
let server: string;
beforeAll(async () => {
  const port = await freePort();
  server = `http://127.0.0.1:${port}`;
  const program = join(import.meta.dirname, '../support/oidc-provider/device-process.ts');
  provider = spawn(process.execPath, [program, String(port)], { stdio: 'ignore' });
  await eventually('the provider answers', () =>
    fetch(`${server}/.well-known/openid-configuration`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
});
afterAll(() => void provider.kill('SIGKILL'));

const decide = async (decision: 'approve' | 'deny', userCode: string) => {
  const answer = await fetch(`${server}/${decision}?user_code=${userCode}`, { method: 'POST' });
  if (!answer.ok) throw new Error(await answer.text());
};
const subjectOf = async (session: Session) => {
  const answer = await session.fetch(`${server}/me`);
  return [answer.status, await answer.json()];
};

test.each([
  ['bearer tokens', false],
  ['tokens bound to a key, with nonces in the proofs', true],
])('@ravi/client logs in at oidc-provider, calls, refreshes and revokes: %s', async (_name, dpop) => {
  const store = memoryStore();
  const login = startClientLogin({
    server,
    clientId: 'a-program',
    scope: 'openid offline_access',
    dpop,
    store,
  });
  await decide('approve', (await login.code).userCode);
  const result = await login.result;
  if (result.kind !== 'loggedIn') throw new Error(JSON.stringify(result));
  const { session } = result;
  expect((await session.credentials()).tokenType).toBe(dpop ? 'DPoP' : 'Bearer');
  expect(await subjectOf(session)).toEqual([200, { sub: 'someone' }]);

  const { accessToken, refreshToken } = await session.credentials();
  await session.refresh();
  const next = await session.credentials();
  expect([next.accessToken, next.refreshToken]).not.toEqual([accessToken, refreshToken]);
  expect(await subjectOf(session)).toEqual([200, { sub: 'someone' }]);

  const reopened = await openSession({ server, store });
  await reopened?.refresh();
  expect(await reopened?.logout()).toEqual({ kind: 'ended' });
  await store.write(next);
  await expect(session.refresh()).rejects.toMatchObject({ code: 'session_ended' });
});

test('@ravi/client polls oidc-provider, which holds nothing, once in an interval', async () => {
  const asks: number[] = [];
  const noting: typeof fetch = async (input, init) => {
    if (input !== `${server}/token`) return fetch(input, init);
    asks.push(performance.now());
    const answer = await fetch(input, init);
    if (asks.length === 1) await decide('approve', (await login.code).userCode);
    return answer;
  };
  const login = startClientLogin({ server, clientId: 'a-program', scope: 'openid', fetch: noting });
  expect(await login.result).toMatchObject({ kind: 'loggedIn' });
  const [first = 0, second = 0, ...more] = asks;
  expect([second - first > 5_000, second - first < 10_000, more]).toEqual([true, true, []]);
});

test('@ravi/client learns that oidc-provider’s login was denied', async () => {
  const login = startClientLogin({ server, clientId: 'a-program', scope: 'openid' });
  await decide('deny', (await login.code).userCode);
  expect(await login.result).toEqual({ kind: 'denied' });
});

test('@ravi/client tells what oidc-provider refuses: a client that it does not know', async () => {
  const login = startClientLogin({ server, clientId: 'a-stranger' });
  expect(await login.result).toMatchObject({
    kind: 'failed',
    code: 'refused',
    message: expect.stringContaining('client'),
  });
});
