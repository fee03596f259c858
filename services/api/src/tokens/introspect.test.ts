import type { FoundCredential } from '../access/credentials.ts';
import type { Call } from '../http/call.ts';
import { introspect, type IntrospectDeps } from './introspect.ts';

const claims = {
  sub: '7',
  client_id: 'moon',
  scope: 'account',
  iat: 1,
  exp: 2,
  iss: 'us',
  aud: 'ravi-api',
  jti: 'j',
};
const access = { kind: 'access', claims, grant: { id: 'grant', resource: '' } };
const key = {
  kind: 'management',
  userId: 7,
  grantId: 'grant',
  identityUuid: '',
  createdAtMs: 1_999,
  expiresAtMs: null as number | null,
};
const refreshOf = (latest: boolean, resource = '') => ({
  ...access,
  kind: 'refresh',
  latest,
  grant: { id: 'grant', resource },
  claims: { ...claims, aud: 'ravi-refresh' },
});

/** What the log was told. */
let logged: unknown[];
beforeEach(() => {
  logged = [];
});

/** What a service of this audience learns of a credential, and whose use was noted. */
async function ask(
  found: unknown,
  audience = 'ravi-api',
  authorization: string | undefined = basic('notes:secret'),
) {
  const used: unknown[] = [];
  let answer: unknown;
  const deps = {
    resourceServers: {
      recognise: ({ id, secret }: Readonly<Record<string, string>>) =>
        id === 'notes' && secret === 'secret' ? audience : null,
    },
    credentials: {
      find: async () => found as FoundCredential | null,
      noteUse: (credential: unknown, address: string) => used.push(credential, address),
    },
    publicUrl: 'https://login.example.com',
    logger: { debug: (...line: unknown[]) => logged.push(line) },
  } as unknown as IntrospectDeps;
  const reply = { send: (_status: number, json: string) => (answer = JSON.parse(json)) };
  const headers = authorization === undefined ? {} : { authorization };
  const call = { headers, address: '192.0.2.1', requestId: 'r', reply } as unknown as Call;
  await introspect(deps)(call, { token: 'text' });
  return { answer, used };
}

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
const inactive = { answer: { active: false }, used: [] };

test('a token is told with all its claims, and how it has to be presented', async () => {
  const told = { active: true, credential: 'access_token', ...claims, grant_id: 'grant' };
  expect((await ask(access)).answer).toEqual({ ...told, token_type: 'Bearer' });
  const more = { cnf: { jkt: 'a-key' }, identity_uuid: 'mine' };
  const bound = { ...access, claims: { ...claims, ...more } };
  expect(await ask(bound)).toEqual({ answer: { ...told, ...more, token_type: 'DPoP' }, used: [] });
  expect((await ask(refreshOf(true))).answer).toEqual({
    ...told,
    credential: 'refresh_token',
    aud: 'ravi-refresh',
  });
});

test('a key is told with what it belongs to, and counts as used', async () => {
  const found = { kind: 'key', key };
  const told = {
    active: true,
    token_type: 'Bearer',
    credential: 'management_key',
    sub: '7',
    scope: 'account',
    iat: 1,
    iss: 'https://login.example.com',
    aud: 'ravi-api',
    grant_id: 'grant',
  };
  expect(await ask(found)).toEqual({ answer: told, used: [found, '192.0.2.1'] });
  const narrow = { ...key, kind: 'identity', identityUuid: 'mine', expiresAtMs: 5_999, grantId: '' };
  const { grant_id: _, ...rest } = told;
  expect((await ask({ kind: 'key', key: narrow })).answer).toEqual({
    ...rest,
    credential: 'identity_key',
    scope: 'identity',
    exp: 5,
    identity_uuid: 'mine',
  });
});

test('what is valid no more, or for another service, is told as inactive and nothing else', async () => {
  const elsewhere = 'https://notes.example.com';
  for (const found of [null, refreshOf(false)]) expect(await ask(found)).toEqual(inactive);
  for (const found of [access, { kind: 'key', key }, refreshOf(true)])
    expect(await ask(found, elsewhere)).toEqual(inactive);
  // The refresh token of a login for a service is that service's to ask about, and not ours.
  expect((await ask(refreshOf(true, elsewhere), elsewhere)).answer).toMatchObject({ active: true });
  expect(await ask(refreshOf(true, elsewhere))).toEqual(inactive);
});

test('the log names the service that asked, and has neither its secret nor the credential that it asked about', async () => {
  await ask(access);
  expect(logged).toEqual([[{ resourceServer: 'notes', requestId: 'r' }, 'credential introspected']]);
});

test.each([
  [undefined, 'Send Authorization: Basic'],
  ['Bearer x', 'Authorization must be Basic'],
  [basic('notes:wrong'), /^No resource server has this id and secret\.$/],
  [basic('notes:a%2Bb+c'), 'Form-encode both'],
])('whoever asks as %s is told what to send', async (authorization, sentence) => {
  await expect(ask(access, '', authorization ?? '')).rejects.toMatchObject({ code: 'invalid_client' });
  await expect(ask(access, '', authorization ?? '')).rejects.toThrow(sentence);
});
