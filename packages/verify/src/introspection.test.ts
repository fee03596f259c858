import { generateApiKey } from '../../credentials/src/api-keys/api-key.ts';
import { Introspection } from './introspection.ts';
import { createVerifier, type Verification, type VerifierOptions } from './index.ts';
import { recogniseApiKey } from './api-key-format.ts';
import { answer, AuthorizationServer } from './testing/authorization-server.ts';

const endpoint = '/oauth/introspect';
let server: AuthorizationServer;
let now: number;
beforeEach(async () => {
  server = await AuthorizationServer.start();
  now = Date.now();
});
afterEach(() => server.stop());

const newVerifier = (options: Partial<VerifierOptions> = {}) =>
  createVerifier({
    issuer: server.issuer,
    audience: 'ravi-api',
    introspection: { clientId: 'notes: a', clientSecret: 'sécret+/' },
    nowMs: () => now,
    timeoutMs: 3_000,
    ...options,
  });
const errorOf = (found: Verification) => (found.kind === 'refused' ? found.error : found.kind);

/** A management key that the server knows. */
function knownKey(facts: object = {}): string {
  const key = generateApiKey('management');
  server.active.set(key, {
    credential: 'management_key',
    sub: '42',
    scope: 'account',
    grant_id: 'g',
    ...facts,
  });
  return key;
}

test('the form of a key is known offline exactly as the authorization server makes it', () => {
  for (let i = 0; i < 200; i++) {
    for (const kind of ['management', 'identity'] as const) {
      const key = generateApiKey(kind);
      expect(recogniseApiKey(key)).toBe(kind);
      expect(recogniseApiKey(key.replace(/.$/, (last) => (last === '0' ? '1' : '0')))).toBeNull();
    }
  }
});

test('an active key tells who calls; the server is asked by HTTP Basic, form-encoded', async () => {
  expect(await newVerifier().verify(`Bearer ${knownKey()}`)).toEqual({
    kind: 'management',
    userId: 42,
    grantId: 'g',
    scope: 'account',
    clientId: '',
    expiresAt: null,
  });
  const [id = '', secret = ''] = Buffer.from(server.authorization?.slice('Basic '.length) ?? '', 'base64')
    .toString()
    .split(':')
    .map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
  expect([id, secret]).toEqual(['notes: a', 'sécret+/']);

  const identityKey = generateApiKey('identity');
  server.active.set(identityKey, {
    credential: 'identity_key',
    sub: '42',
    scope: 'identity',
    identity_uuid: 'one',
  });
  expect(await newVerifier().verifyToken(identityKey)).toMatchObject({
    kind: 'identity',
    identityUuid: 'one',
  });
});

test('a key tells one identity, login or program where the server names it, and none where it does not', async () => {
  const all = { kind: 'management', userId: 42, scope: 'account', expiresAt: null };
  const facts = { identity_uuid: 'mine', client_id: 'moon' };
  expect(await newVerifier().verifyToken(knownKey(facts))).toStrictEqual({
    ...all,
    grantId: 'g',
    identityUuid: 'mine',
    clientId: 'moon',
  });
  for (const nothing of ['', undefined, 7]) {
    const bare = knownKey({ grant_id: nothing, identity_uuid: nothing });
    expect(await newVerifier().verifyToken(bare)).toStrictEqual({ ...all, clientId: '' });
  }
});

test('a mistyped key is refused without asking', async () => {
  const verifier = newVerifier();
  const key = knownKey();
  for (const wrong of [key.slice(0, -1), `${key}0`, key.replace('mgmt', 'id'), key.toLowerCase()]) {
    expect(errorOf(await verifier.verify(`Bearer ${wrong}`))).toBe('invalid_token');
  }
  expect(server.asked[endpoint]).toBeUndefined();
});

test('without a way to ask, API keys are refused, and that is said', async () => {
  const { issuer } = server;
  const found = await createVerifier({ issuer, audience: 'ravi-api' }).verify(`Bearer ${knownKey()}`);
  expect(found).toMatchObject({
    error: 'invalid_token',
    description: expect.stringContaining('not accepted here'),
  });
});

test('a revocation is effective within a second; until then the server is asked once for all', async () => {
  const verifier = newVerifier();
  const key = knownKey();
  const many = await Promise.all(Array.from({ length: 50 }, () => verifier.verify(`Bearer ${key}`)));
  expect(new Set(many.map(errorOf))).toEqual(new Set(['management']));
  expect(server.asked[endpoint]).toBe(1);
  server.active.clear();
  now += 999;
  expect(errorOf(await verifier.verify(`Bearer ${key}`))).toBe('management');
  now += 1;
  expect(errorOf(await verifier.verify(`Bearer ${key}`))).toBe('invalid_token');
  expect(server.asked[endpoint]).toBe(2);
});

test('a slow answer is not used for longer: its second counts from the question', async () => {
  const verifier = newVerifier();
  const key = knownKey();
  server.instead.set(endpoint, (_request, response) => {
    now += 1_000;
    server.instead.clear();
    answer(response, { active: true, ...server.active.get(key) });
  });
  expect(errorOf(await verifier.verify(`Bearer ${key}`))).toBe('management');
  server.active.clear();
  expect(errorOf(await verifier.verify(`Bearer ${key}`))).toBe('invalid_token');
});

test('an answer from before the clock was set back is not used: nobody knows how old it is', async () => {
  const verifier = newVerifier();
  const key = knownKey();
  await verifier.verifyToken(key);
  server.active.clear();
  now -= 1;
  expect(errorOf(await verifier.verifyToken(key))).toBe('invalid_token');
  expect(server.asked[endpoint]).toBe(2);
  await verifier.verifyToken(key);
  expect(server.asked[endpoint]).toBe(2);
});

test('no cache is longer than a second, whatever is asked for; none is possible', async () => {
  const key = knownKey();
  const cached = (cacheMs: number) =>
    newVerifier({ introspection: { clientId: 'a', clientSecret: 'b', cacheMs } });
  const long = cached(60_000);
  await long.verifyToken(key);
  now += 1_000;
  await long.verifyToken(key);
  expect(server.asked[endpoint]).toBe(2);
  const none = cached(0);
  await none.verifyToken(key);
  await none.verifyToken(key);
  expect(server.asked[endpoint]).toBe(4);
});

/** Asks for tokens of which none is active; which of them the service was asked for. */
function remembering(more: { readonly maxKept?: number } = {}) {
  const asked: string[] = [];
  const introspection = new Introspection({
    issuer: server.issuer,
    audience: 'ravi-api',
    endpoint: async () => `${server.issuer}${endpoint}`,
    clientId: 'a',
    clientSecret: 'b',
    cacheMs: 1_000,
    nowMs: () => now,
    reach: {
      timeoutMs: 3_000,
      fetch: async (_url, init) => {
        asked.push(new URLSearchParams(init?.body as URLSearchParams).get('token') ?? '');
        return Response.json({ active: false });
      },
    },
    ...more,
  });
  return { asked, introspection };
}

test('so many answers are remembered and no more: the one that was asked for first is forgotten', async () => {
  const { asked, introspection } = remembering({ maxKept: 2 });
  for (const token of ['one', 'two', 'three', 'two', 'three', 'one', 'three', 'two'])
    expect(await introspection.ask(token)).toBeNull();
  expect(asked).toEqual(['one', 'two', 'three', 'one', 'two']);
});

test('unless a service says otherwise, ten thousand answers are remembered', async () => {
  const { asked, introspection } = remembering();
  for (let at = 0; at <= 10_000; at++) await introspection.ask(`${at}`);
  for (const token of ['1', '0']) await introspection.ask(token);
  expect(asked.slice(10_000)).toEqual(['10000', '0']);
});

test('a key that is not active is remembered as such for the same time', async () => {
  const verifier = newVerifier();
  const key = generateApiKey('identity');
  for (let i = 0; i < 10; i++) expect(errorOf(await verifier.verifyToken(key))).toBe('invalid_token');
  expect(server.asked[endpoint]).toBe(1);
});

test.each<readonly [string, object]>([
  ['a refresh token', { credential: 'refresh_token' }],
  ['another kind of key', { credential: 'identity_key', identity_uuid: 'one' }],
  ['of an unknown type', { credential: 'x' }],
  ['of another issuer', { iss: 'https://elsewhere.example.com' }],
  ['expired', { exp: 1_000_000 }],
  ['without a subject', { sub: '' }],
])('what the server says to be %s opens nothing', async (_name, facts) => {
  expect(errorOf(await newVerifier().verifyToken(knownKey(facts)))).toBe('invalid_token');
});

test('an identity key that names no identity opens nothing', async () => {
  const key = generateApiKey('identity');
  server.active.set(key, { credential: 'identity_key', sub: '42' });
  expect(errorOf(await newVerifier().verifyToken(key))).toBe('invalid_token');
});

test.each<readonly [string, Parameters<AuthorizationServer['instead']['set']>[1], string]>([
  ['away', (request) => void request.socket.destroy(), endpoint],
  ['silent', () => undefined, 'timeout'],
  ['refusing our secret', (_request, response) => answer(response, {}, 401), 'answered 401'],
  ['talking nonsense', (_request, response) => answer(response, { active: 'yes' }), 'lacks "active"'],
])('while the server is %s nobody passes, and it is not remembered', async (_name, handler, reason) => {
  const verifier = newVerifier();
  const key = knownKey();
  server.instead.set(endpoint, handler);
  const found = await verifier.verify(`Bearer ${key}`, undefined, { scope: 'account' });
  expect(found).toMatchObject({ kind: 'unavailable', status: 503 });
  expect(found.kind === 'unavailable' && found.cause.message).toContain(reason);
  expect(JSON.stringify(found)).not.toContain(key);
  server.instead.clear();
  expect(errorOf(await verifier.verify(`Bearer ${key}`))).toBe('management');
});

test('access tokens are introspected too where that is wanted, after they were checked offline', async () => {
  const verifier = newVerifier({ introspectTokens: true });
  const token = server.token();
  server.active.set(token, {
    credential: 'access_token',
    sub: '42',
    client_id: 'a-program',
    scope: 'account',
  });
  expect(errorOf(await verifier.verify(`Bearer ${token}`))).toBe('access');
  server.active.clear();
  now += 1_000;
  expect(errorOf(await verifier.verify(`Bearer ${token}`))).toBe('invalid_token');
  const asked = server.asked[endpoint];
  await verifier.verify(`Bearer ${server.token({ exp: 1_000_000 })}`);
  expect(server.asked[endpoint]).toBe(asked);
});

test('access tokens are not introspected where that is not wanted, and a server that names no place for it is told of', async () => {
  expect(errorOf(await newVerifier().verify(`Bearer ${server.token()}`))).toBe('access');
  expect(server.asked[endpoint]).toBeUndefined();
  server.instead.set('/.well-known/oauth-authorization-server', (_request, response) =>
    answer(response, { issuer: server.issuer, jwks_uri: `${server.issuer}/keys` }),
  );
  const found = await newVerifier().verify(`Bearer ${knownKey()}`);
  expect(found.kind === 'unavailable' && found.cause.message).toBe(
    'The metadata names no introspection_endpoint.',
  );
});

test('a key ends in its second', async () => {
  now = Math.ceil(now / 1000) * 1000;
  const endsIn = (seconds: number) => newVerifier().verifyToken(knownKey({ exp: now / 1000 + seconds }));
  expect([errorOf(await endsIn(0)), errorOf(await endsIn(1))]).toEqual(['invalid_token', 'management']);
});

test('an answer about a credential for another service is none for this one', async () => {
  for (const aud of ['https://mail.example.com', ['https://mail.example.com'], 7, null]) {
    expect(errorOf(await newVerifier().verify(`Bearer ${knownKey({ aud })}`))).toBe('invalid_token');
  }
  for (const aud of ['ravi-api', ['https://mail.example.com', 'ravi-api']]) {
    expect(errorOf(await newVerifier().verify(`Bearer ${knownKey({ aud })}`))).toBe('management');
  }
});
