import { createVerifier, type Verification, type VerifierOptions } from './index.ts';
import { answer, AuthorizationServer, newServerKey } from './testing/authorization-server.ts';

const jwks = '/.well-known/jwks.json';
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
    nowMs: () => now,
    timeoutMs: 10_000,
    ...options,
  });
const check = (token: string, options: Partial<VerifierOptions> = {}) =>
  newVerifier(options).verify(`Bearer ${token}`);
const errorOf = (found: Verification) => (found.kind === 'refused' ? found.error : found.kind);
const seconds = () => Math.floor(now / 1000);

test('a token of the issuer, found by its metadata, tells who calls', async () => {
  const exp = seconds() + 600;
  expect(await check(server.token({ exp }))).toEqual({
    kind: 'access',
    userId: 42,
    grantId: 'a-grant',
    scope: 'account',
    clientId: 'a-program',
    expiresAt: new Date(exp * 1000),
  });
  expect(await check(server.token({ scope: 'identity', identity_uuid: 'one' }))).toMatchObject({
    identityUuid: 'one',
  });
});

test('without a credential, or with something else in its place, the challenge says what to send', async () => {
  // A client that tries another scheme first learns how it shall log in. (RFC 6750 §3.1)
  for (const header of [undefined, '', 'Basic YTpi', 'Negotiate', 'BearerX abc', server.token()]) {
    const asked = await newVerifier().verify(header);
    expect(asked).toMatchObject({ status: 401, challenge: 'Bearer realm="ravi"' });
    expect(asked).not.toHaveProperty('error');
  }
  for (const header of ['Bearer', 'bearer ', 'DPoP', 'Bearer a b', 'Bearer "x"']) {
    expect(await newVerifier().verify(header)).toMatchObject({ status: 400, error: 'invalid_request' });
  }
  expect(server.asked).toEqual({});
});

test('without Koa too, a challenge names the scope: what the call needs, else what there is', async () => {
  const verifier = newVerifier({ scopes: ['notes:read', 'notes:write'] });
  const needs = { scope: 'notes:write' };
  expect(await verifier.verify(undefined)).toMatchObject({
    status: 401,
    challenge: 'Bearer realm="ravi", scope="notes:read notes:write"',
  });
  expect(await verifier.verify('Bearer nonsense', undefined, needs)).toMatchObject({
    status: 401,
    challenge: expect.stringMatching(/, scope="notes:write"$/),
  });
  const reader = `Bearer ${server.token({ scope: 'notes:read' })}`;
  expect(await verifier.verify(reader, undefined, needs)).toMatchObject({
    status: 403,
    challenge: expect.stringMatching(/insufficient_scope.*, scope="notes:write"$/),
  });
  expect(await verifier.verify(reader, undefined, { scope: 'notes:read' })).toMatchObject({ userId: 42 });
});

describe('a token is refused', () => {
  const publicPem = () => server.keys[0]?.publicKey.export({ type: 'spki', format: 'pem' }).toString() ?? '';
  const foreign = newServerKey();
  const foreignJwk = { ...foreign.publicKey.export({ format: 'jwk' }), kid: foreign.kid };
  const unsigned = (token: string) => `${token.split('.').slice(0, 2).join('.')}.`;
  const hmacByHand = (token: string) => {
    // jsonwebtoken itself refuses to sign this, so the header is exchanged.
    const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as object;
    const changed = Buffer.from(JSON.stringify({ ...header, alg: 'HS256' })).toString('base64url');
    return [changed, ...token.split('.').slice(1)].join('.');
  };

  test.each<readonly [string, () => string]>([
    ['alg none', () => server.token({}, { alg: 'none' }, '')],
    ['alg None, unsigned', () => unsigned(server.token())],
    [
      'HS256 with the public key as the secret',
      () => server.token({}, { alg: 'HS256' }, Buffer.from(publicPem()).toString()),
    ],
    ['HS256 in the header of an ES256 token', () => hmacByHand(server.token())],
    ['signed by another key under our name', () => server.token({}, {}, foreign.privateKey)],
    ['an unknown kid', () => server.token({}, { kid: foreign.kid }, foreign.privateKey)],
    ['no kid', () => server.token({}, { kid: undefined })],
    ['its own key in jwk', () => server.token({}, { kid: foreign.kid, jwk: foreignJwk }, foreign.privateKey)],
    ['a jku', () => server.token({}, { kid: foreign.kid, jku: `${server.issuer}/evil` }, foreign.privateKey)],
    [
      'an x5u',
      () => server.token({}, { kid: foreign.kid, x5u: `${server.issuer}/evil` }, foreign.privateKey),
    ],
    ['a critical extension', () => server.token({}, { crit: ['b64'], b64: false })],
    ['expired', () => server.token({ exp: seconds() - 6 })],
    ['without an end', () => server.token({ exp: undefined })],
    [
      'with an end that is a word',
      () => `${server.token().split('.')[0]}.${Buffer.from('{"exp":"9999999999"}').toString('base64url')}.AA`,
    ],
    ['not valid yet', () => server.token({ nbf: seconds() + 60 })],
    ['for another audience', () => server.token({ aud: 'ravi-refresh' })],
    ['of another issuer', () => server.token({ iss: 'https://elsewhere.example.com' })],
    ['a refresh token', () => server.token({ aud: 'ravi-refresh' }, { typ: 'rt+jwt' })],
    ['a refresh token for our audience', () => server.token({}, { typ: 'rt+jwt' })],
    ['an ID token', () => server.token({}, { typ: 'JWT' })],
    ['without a type', () => server.token({}, { typ: undefined })],
    ['without a subject', () => server.token({ sub: undefined })],
    ['that does not say when it was made', () => server.token({ iat: undefined })],
    ['without a name of its own', () => server.token({ jti: undefined })],
    ['of no client', () => server.token({ client_id: undefined })],
    ['of a client that is no text', () => server.token({ client_id: 7 })],
    ['of a scope that is no text', () => server.token({ scope: ['account'] })],
    ['bound to nothing that is named', () => server.token({ cnf: null })],
    ['a subject beyond what numbers tell apart', () => server.token({ sub: '9007199254740992' })],
    ['a subject that is no account', () => server.token({ sub: '42 or 1=1' })],
    ['bound in an unknown way', () => server.token({ cnf: { 'x5t#S256': 'abc' } })],
    ['a changed signature', () => `${server.token().slice(0, -6)}AAAAAA`],
    ['oversized', () => server.token({ padding: 'x'.repeat(9_000) })],
    ['garbage', () => 'garbage'],
    ['dots', () => '...'],
    ['a header that is null', () => `${Buffer.from('null').toString('base64url')}.e30.AA`],
    ['broken JSON', () => `${Buffer.from('{"alg"').toString('base64url')}.e30.AA`],
  ])('%s', async (_name, token) => {
    expect(errorOf(await check(token()))).toBe('invalid_token');
    expect(server.asked['/evil']).toBeUndefined();
  });

  test('and what cannot be a token of ours makes no call', async () => {
    await check('garbage');
    await check(server.token({ padding: 'x'.repeat(9_000) }));
    await check(server.token({}, { typ: 'JWT' }));
    expect(server.asked).toEqual({});
  });
});

test('a token may have 8,192 characters, and one more is none', async () => {
  const ofLength = (length: number) => {
    const around = Math.floor(((length - server.token().length) * 3) / 4);
    for (let padding = around - 30; padding < around; padding++)
      for (const more of ['', 'x', 'xx']) {
        const token = server.token({ padding: 'x'.repeat(padding) }, { more });
        if (token.length === length) return token;
      }
    throw new Error('There is no token of this length.');
  };
  expect(errorOf(await check(ofLength(8_192)))).toBe('access');
  expect(errorOf(await check(ofLength(8_193)))).toBe('invalid_token');
});

test('clocks may differ by 5 s, at either end of a token, or as is said', async () => {
  const ofLate = { exp: seconds() - 4 };
  const ofSoon = { nbf: seconds() + 4 };
  for (const claims of [ofLate, ofSoon]) {
    expect(errorOf(await check(server.token(claims)))).toBe('access');
    expect(errorOf(await check(server.token(claims), { clockToleranceSeconds: 0 }))).toBe('invalid_token');
  }
  for (const claims of [{ exp: seconds() - 6 }, { nbf: seconds() + 7 }]) {
    expect(errorOf(await check(server.token(claims)))).toBe('invalid_token');
  }
});

describe('the keys', () => {
  test('are fetched once for all who ask at the same time', async () => {
    const verifier = newVerifier();
    const token = `Bearer ${server.token()}`;
    await Promise.all(Array.from({ length: 50 }, () => verifier.verify(token)));
    expect(server.asked[jwks]).toBe(1);
  });

  test('are used for a minute before they are fetched again', async () => {
    const verifier = newVerifier();
    const token = `Bearer ${server.token()}`;
    await verifier.verify(token);
    now += 59_999;
    await verifier.verify(token);
    expect(server.asked[jwks]).toBe(1);
    now += 1;
    await verifier.verify(token);
    expect(server.asked[jwks]).toBe(2);
  });

  test('may fill 64 KiB, and have 3 s to come where nothing else is said', async () => {
    const limitsMs: number[] = [];
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    AbortSignal.timeout = (ms) => {
      limitsMs.push(ms);
      return timeout(ms);
    };
    const [known] = server.keys;
    const keys = [{ ...known?.publicKey.export({ format: 'jwk' }), kid: known?.kid }];
    const ofLength = async (bytes: number) => {
      const text = JSON.stringify({ keys }).padEnd(bytes);
      server.instead.set(jwks, (_request, response) => void response.end(text));
      const verifier = createVerifier({ issuer: server.issuer, audience: 'ravi-api' });
      return (await verifier.verify(`Bearer ${server.token()}`)).kind;
    };
    try {
      expect([await ofLength(65_536), await ofLength(65_537)]).toEqual(['access', 'unavailable']);
    } finally {
      AbortSignal.timeout = timeout;
    }
    expect(limitsMs).toEqual([3_000, 3_000, 3_000, 3_000]);
  });

  test('follow a rotation: a token of a new key is good at once, and the old one until it is unpublished', async () => {
    const verifier = newVerifier();
    const old = `Bearer ${server.token()}`;
    expect(errorOf(await verifier.verify(old))).toBe('access');
    const [oldKey] = server.keys;
    if (!oldKey) throw new Error('There is no key.');
    server.keys = [newServerKey(), oldKey];
    now += 5_000;
    expect(errorOf(await verifier.verify(`Bearer ${server.token()}`))).toBe('access');
    expect(errorOf(await verifier.verify(old))).toBe('access');
    server.keys.pop();
    now += 60_000;
    expect(errorOf(await verifier.verify(old))).toBe('invalid_token');
    expect(server.asked[jwks]).toBe(3);
  });

  test('unknown names make us fetch them again once in 5 s, however many are presented', async () => {
    const verifier = newVerifier();
    const foreign = newServerKey();
    const forged = () =>
      verifier.verify(`Bearer ${server.token({}, { kid: foreign.kid }, foreign.privateKey)}`);
    for (let i = 0; i < 20; i++) expect(errorOf(await forged())).toBe('invalid_token');
    expect(server.asked[jwks]).toBe(1);
    now += 5_000;
    for (let i = 0; i < 20; i++) await forged();
    expect(server.asked[jwks]).toBe(2);
  });

  test.each<readonly [string, Parameters<AuthorizationServer['instead']['set']>[1], number]>([
    ['away', (request) => void request.socket.destroy(), 10_000],
    ['slow', () => undefined, 100],
    ['huge', (_request, response) => answer(response, { keys: [], padding: 'x'.repeat(70_000) }), 10_000],
    ['faulty', (_request, response) => answer(response, { detail: 'away' }, 503), 10_000],
  ])('are used for an hour while the server is %s, and no longer', async (_name, handler, limitMs) => {
    const verifier = newVerifier({
      // Only the slow answer is waited for so briefly.
      fetch: (url, init) =>
        fetch(url, server.instead.size > 0 ? { ...init, signal: AbortSignal.timeout(limitMs) } : init),
    });
    const token = `Bearer ${server.token({ exp: seconds() + 7_200 })}`;
    expect(errorOf(await verifier.verify(token))).toBe('access');
    server.instead.set(jwks, handler);
    now += 3_599_000;
    expect(errorOf(await verifier.verify(token))).toBe('access');
    for (const laterMs of [1_000, 4_000]) {
      now += laterMs;
      expect(errorOf(await verifier.verify(token))).toBe('unavailable');
    }
    server.instead.clear();
    now += 5_000;
    expect(errorOf(await verifier.verify(token))).toBe('access');
  });

  test.each<readonly [string, Parameters<AuthorizationServer['instead']['set']>[1]]>([
    ['silent', () => undefined],
    ['slow in mid-answer', (_request, response) => void response.writeHead(200).write('{"keys":[')],
    ['huge', (_request, response) => answer(response, { keys: [], padding: 'x'.repeat(70_000) })],
    ['no JSON', (_request, response) => void response.end('<html>')],
    ['a list', (_request, response) => answer(response, [])],
    ['without keys', (_request, response) => answer(response, {})],
    ['a redirect', (_request, response) => void response.writeHead(302, { location: '/evil' }).end()],
    ['a lost connection', (request) => void request.socket.destroy()],
  ])(
    'cannot be had from a server that is %s: nobody passes, and the answer says why',
    async (_name, handler) => {
      server.instead.set(jwks, handler);
      const found = await check(server.token(), { jwksUri: server.issuer + jwks, timeoutMs: 500 });
      expect(found).toMatchObject({ kind: 'unavailable', status: 503 });
      expect(found.kind === 'unavailable' && found.cause.message).toContain(jwks);
      expect(server.asked['/evil']).toBeUndefined();
    },
  );

  test('that are of another kind, or broken, are left out', async () => {
    const [key] = server.keys;
    const good = { ...key?.publicKey.export({ format: 'jwk' }), kid: key?.kid };
    const odd = [
      null,
      'x',
      { kid: 'a' },
      { ...good, kid: 'b', alg: 'ES512' },
      { ...good, kid: 'c', x: 'AA' },
    ];
    server.instead.set(jwks, (_request, response) => answer(response, { keys: [...odd, good] }));
    expect(errorOf(await check(server.token()))).toBe('access');
    expect(errorOf(await check(server.token({}, { kid: 'b' })))).toBe('invalid_token');
  });
});

test('metadata of another issuer is not believed', async () => {
  server.instead.set('/.well-known/oauth-authorization-server', (_request, response) =>
    answer(response, { issuer: 'https://evil.example.com', jwks_uri: `${server.issuer}/evil` }),
  );
  expect(errorOf(await check(server.token()))).toBe('unavailable');
  expect(server.asked['/evil']).toBeUndefined();
  // Given the address of the keys, no metadata is needed.
  expect(errorOf(await check(server.token(), { jwksUri: server.issuer + jwks }))).toBe('access');
});

test('a verifier that cannot work is refused when it is made', () => {
  for (const issuer of ['login.example.com', 'localhost:3000', '']) {
    expect(() => newVerifier({ issuer })).toThrow('absolute URL');
  }
  // As programs in JavaScript do.
  const missing = undefined as unknown as string;
  for (const audience of ['', missing]) {
    expect(() => newVerifier({ audience })).toThrow('audience must be the resource');
  }
  expect(() => newVerifier({ introspectTokens: true })).toThrow('needs introspection');
  const lacking = [
    ['notes', ''],
    ['notes', missing],
    ['', 'a secret'],
  ] as const;
  for (const [clientId, clientSecret] of lacking) {
    const introspection = { clientId, clientSecret };
    expect(() => newVerifier({ introspection })).toThrow('introspection needs the clientId');
  }
});

test('an account is told exactly, up to the largest id, and what is no account is refused', async () => {
  for (const sub of ['1', '3927698044165461', '9007199254740991']) {
    expect(await check(server.token({ sub }))).toMatchObject({ kind: 'access', userId: Number(sub) });
  }
  for (const sub of ['9007199254740993', '99999999999999999', '', '-1', '1.5', 'a']) {
    expect(errorOf(await check(server.token({ sub })))).toBe('invalid_token');
  }
});
