import { discover } from './metadata.ts';
import { oauthProtocol } from './oauth-protocol.ts';
import type { LoginProtocol } from './protocol.ts';
import { raviProtocol } from './ravi-protocol.ts';
import { keptLogin } from '../../../../test/support/kept-login.ts';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const server = 'https://login.example.com';

/** Never answers. */
const silence: typeof fetch = (_, init) =>
  new Promise((_resolve, reject) => {
    init?.signal?.addEventListener('abort', () => reject(new Error('given up')));
  });
const given = { server, fetch: silence, nowMs: () => 1_000_000 };
const endpoints = {
  deviceAuthorization: `${server}/device`,
  token: `${server}/token`,
  revocation: `${server}/revoke`,
};
const oauth = oauthProtocol({ ...given, clientId: 'a-client', scope: undefined, dpopKey: null, endpoints });
const ravi = raviProtocol({ ...given, clientName: undefined });

const login = { ...keptLogin, issuedAtMs: 1, expiresAtMs: null };
const start = (protocol: LoginProtocol) => protocol.start();
const refresh = (protocol: LoginProtocol) => protocol.refresh(login);
const end = (protocol: LoginProtocol) => protocol.end(login);

test.each([
  ['a look for the endpoints', 15, () => discover(server, { fetch: silence }, 0)],
  ['a start', 15, () => start(ravi)],
  ['a start, of OAuth,', 15, () => start(oauth)],
  // Before the service stops repeating the answer.
  ['a refresh', 8, () => refresh(ravi)],
  ['a refresh, of OAuth,', 8, () => refresh(oauth)],
  ['an end', 15, () => end(ravi)],
  ['an end, of OAuth,', 15, () => end(oauth)],
])('%s waits for its answer for %d s, and no longer', async (_, seconds, ask) => {
  let isOver = false;
  const asked = ask().finally(() => (isOver = true));
  await jest.advanceTimersByTimeAsync(seconds * 1_000 - 1);
  expect(isOver).toBe(false);
  await jest.advanceTimersByTimeAsync(1);
  expect(isOver).toBe(true);
  expect(await asked).toMatchObject({
    kind: 'away',
    reason: `${server} does not answer: no answer within ${seconds} s`,
  });
});
