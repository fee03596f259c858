import type { Credentials } from '../credentials.ts';
import { DpopKey } from '../dpop-key.ts';
import { oauthProtocol, type OAuthProtocolOptions } from './oauth-protocol.ts';
import type { StartedLogin } from './protocol.ts';
import { keptLogin } from '../../../../test/support/kept-login.ts';
import { type Answer, away, json, lost } from '../../../../test/support/given-answers.ts';

const server = 'https://login.example.com';
const nowMs = 1_000_000;
const endpoints = {
  deviceAuthorization: `${server}/device`,
  token: `${server}/token`,
  revocation: `${server}/revoke`,
};
const metadata = {
  issuer: server,
  device_authorization_endpoint: endpoints.deviceAuthorization,
  token_endpoint: endpoints.token,
};
const login: StartedLogin = {
  deviceCode: 'a-device-code',
  userCode: 'BCDF-GHJK',
  verificationUri: `${server}/device`,
  verificationUriComplete: null,
  verificationNumber: null,
  expiresInMs: 900_000,
  intervalMs: 5_000,
};
const kept: Credentials = {
  ...keptLogin,
  protocol: 'oauth',
  clientId: 'a-client',
  issuedAtMs: 1,
  expiresAtMs: 2,
  scope: 'kept',
};
const hold = { holdSeconds: 25, timeoutMs: 40_000 };

const page: Answer = () => new Response('<h1>Hello</h1>', { headers: { 'content-type': 'text/html' } });
const isAway = { kind: 'away', reason: `${server} answers 503`, retryAfterMs: 7_000 };
const isLost = { kind: 'away', reason: `${server} does not answer: cut`, retryAfterMs: null };
const wantsNonce = json(400, { error: 'use_dpop_nonce' }, { 'dpop-nonce': 'a-nonce' });
const unexpected = (message: string) => ({ kind: 'failed', code: 'unexpected_answer', message });

/** A server whose answers are given, one after the other; it remembers what it was asked. */
class Server {
  readonly sent: { readonly url: string; readonly form: object; readonly headers: Headers }[] = [];
  readonly #answers: readonly Answer[];

  constructor(...answers: readonly Answer[]) {
    this.#answers = answers;
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const form = init?.body instanceof URLSearchParams ? Object.fromEntries(init.body) : {};
    const url = input instanceof Request ? input.url : input.toString();
    this.sent.push({ url, form, headers: new Headers(init?.headers) });
    return (this.#answers[this.sent.length - 1] ?? lost)();
  };

  protocol(options: Partial<OAuthProtocolOptions> = {}) {
    return oauthProtocol({
      server,
      clientId: 'a-client',
      scope: undefined,
      dpopKey: null,
      endpoints,
      fetch: this.fetch,
      nowMs: () => nowMs,
      ...options,
    });
  }

  /** The nonce in the proof of a request; undefined if it has none, null if there is no proof. */
  nonceOf(at: number): unknown {
    const proof = this.sent[at]?.headers.get('dpop');
    if (!proof) return null;
    const claims: { nonce?: unknown } = JSON.parse(
      Buffer.from(proof.split('.')[1] ?? '', 'base64url').toString(),
    );
    return claims.nonce;
  }
}

describe('the endpoints', () => {
  test('are found once, by the metadata, for all calls', async () => {
    const service = new Server(json(200, metadata), json(400, {}), json(400, {}));
    const protocol = service.protocol({ endpoints: undefined });
    await protocol.start();
    await protocol.ask(login, hold);
    expect(service.sent.map(({ url }) => url)).toEqual([
      `${server}/.well-known/oauth-authorization-server`,
      endpoints.deviceAuthorization,
      endpoints.token,
    ]);
  });

  test('are looked for again by each call where the server was away', async () => {
    const service = new Server(
      away,
      away,
      away,
      away,
      json(200, metadata),
      json(400, { error: 'access_denied' }),
    );
    const protocol = service.protocol({ endpoints: undefined });
    expect(await protocol.start()).toEqual(isAway);
    expect(await protocol.ask(login, hold)).toEqual(isAway);
    expect(await protocol.refresh(kept)).toEqual(isAway);
    expect(await protocol.end(kept)).toEqual(isAway);
    expect(await protocol.ask(login, hold)).toEqual({ kind: 'denied' });
  });
});

describe('a start', () => {
  const started = json(200, { device_code: 'd', user_code: 'u', verification_uri: server });

  test.each([
    [{}, {}],
    [
      { scope: 'account', resource: 'https://api.example.com' },
      { scope: 'account', resource: 'https://api.example.com' },
    ],
  ])('with %j says so, and no more', async (options, form) => {
    const service = new Server(started);
    const found = await service.protocol({ ...options, dpopKey: await DpopKey.generate() }).start();
    expect(found).toMatchObject({ kind: 'started', login: { deviceCode: 'd' } });
    expect(service.sent).toMatchObject([{ url: endpoints.deviceAuthorization }]);
    expect(service.sent[0]?.form).toEqual({ client_id: 'a-client', ...form });
    // Only tokens are bound.
    expect(service.nonceOf(0)).toBeNull();
  });
});

describe('the answer to a device_code', () => {
  const granted = { access_token: 'access-1', token_type: 'Bearer' };

  test('may be tokens', async () => {
    const whole = { ...granted, refresh_token: 'refresh-1', expires_in: 600, scope: 'granted' };
    const service = new Server(json(200, whole));
    expect(await service.protocol({ scope: 'asked' }).ask(login, hold)).toEqual({
      kind: 'granted',
      credentials: {
        ...kept,
        accessToken: 'access-1',
        refreshToken: 'refresh-1',
        issuedAtMs: nowMs,
        expiresAtMs: nowMs + 600_000,
        scope: 'granted',
      },
    });
    expect(service.sent).toMatchObject([
      {
        url: endpoints.token,
        form: {
          client_id: 'a-client',
          grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
          device_code: 'a-device-code',
        },
      },
    ]);
    expect(service.sent[0]?.headers.get('prefer')).toBe('wait=25');
    expect(service.nonceOf(0)).toBeNull();
  });

  test.each([
    ['asked', 'asked'],
    [undefined, null],
  ])('may be an access token alone, of the scope %s', async (asked, scope) => {
    const service = new Server(json(200, { access_token: 'access-1' }));
    expect(await service.protocol({ scope: asked }).ask(login, hold)).toMatchObject({
      kind: 'granted',
      credentials: { tokenType: 'Bearer', refreshToken: null, expiresAtMs: null, scope },
    });
  });

  test.each([0, '0'])('may be an access token that has ended already: %j seconds are left', async (left) => {
    const service = new Server(json(200, { ...granted, refresh_token: 'refresh-1', expires_in: left }));
    expect(await service.protocol().ask(login, hold)).toMatchObject({
      kind: 'granted',
      credentials: { refreshToken: 'refresh-1', issuedAtMs: nowMs, expiresAtMs: nowMs },
    });
  });

  test.each<[string, Answer, object]>([
    ['pending', json(400, { error: 'authorization_pending' }), { kind: 'pending' }],
    ['an error that says 200', json(200, { error: 'authorization_pending' }), { kind: 'pending' }],
    ['tokens that do not say 200', json(201, granted), { kind: 'away' }],
    ['no reason', json(400, {}), { kind: 'away', reason: `${server} answers 400 without a reason.` }],
    ['503', away, isAway],
    ['lost', lost, isLost],
    [
      'a page',
      page,
      { kind: 'away', reason: expect.stringContaining('200 with text/html'), retryAfterMs: null },
    ],
    ['no tokens', json(200, {}), unexpected(`${server} answers an approved login without tokens.`)],
    [
      'bound to a key',
      json(200, { ...granted, token_type: 'DPoP' }),
      unexpected(`${server} binds tokens to a key that this program does not have.`),
    ],
  ])('may be %s', async (_, answer, outcome) => {
    expect(await new Server(answer).protocol().ask(login, hold)).toMatchObject(outcome);
  });

  describe('with a key', () => {
    let dpopKey: DpopKey;
    beforeEach(async () => {
      dpopKey = await DpopKey.generate();
    });

    test('is bound to it', async () => {
      const service = new Server(json(200, { ...granted, token_type: 'dpop' }));
      expect(await service.protocol({ dpopKey }).ask(login, hold)).toMatchObject({
        kind: 'granted',
        credentials: { tokenType: 'DPoP', dpopKey: dpopKey.jwk },
      });
      expect(service.nonceOf(0)).toBeUndefined();
    });

    test.each([
      [{ refresh_token: 'refresh-1' }, 'refresh-1'],
      [{}, 'access-1'],
    ])('and not bound to it is refused, and ended', async (tokens, token) => {
      const service = new Server(json(200, { ...granted, ...tokens }), json(200, {}));
      expect(await service.protocol({ dpopKey }).ask(login, hold)).toEqual(
        unexpected(`${server} did not bind the tokens to the key: it has no DPoP (RFC 9449).`),
      );
      expect(service.sent.slice(1)).toMatchObject([{ url: endpoints.revocation, form: { token } }]);
    });

    test('comes with the nonce that the server asks for, once', async () => {
      const service = new Server(wantsNonce, json(400, { error: 'access_denied' }));
      expect(await service.protocol({ dpopKey }).ask(login, hold)).toEqual({ kind: 'denied' });
      expect([service.nonceOf(0), service.nonceOf(1)]).toEqual([undefined, 'a-nonce']);
      expect(service.sent[1]).toMatchObject({ form: { device_code: 'a-device-code' } });

      const asking = new Server(wantsNonce, wantsNonce);
      expect(await asking.protocol({ dpopKey: await DpopKey.generate() }).ask(login, hold)).toMatchObject({
        kind: 'failed',
      });
      expect(asking.sent).toHaveLength(2);
    });

    test('is asked for once where the server gives a nonce for the next', async () => {
      const pending = json(400, { error: 'authorization_pending' }, { 'dpop-nonce': 'a-nonce' });
      const service = new Server(pending, pending);
      const protocol = service.protocol({ dpopKey });
      await protocol.ask(login, hold);
      expect(service.sent).toHaveLength(1);
      await protocol.ask(login, hold);
      expect(service.nonceOf(1)).toBe('a-nonce');
    });

    test('may be lost', async () => {
      expect(await new Server(lost).protocol({ dpopKey }).ask(login, hold)).toEqual(isLost);
    });
  });
});

describe('a refresh', () => {
  test.each([
    [
      { access_token: 'access-1', refresh_token: 'refresh-1', scope: 'less', expires_in: '600' },
      { accessToken: 'access-1', refreshToken: 'refresh-1', scope: 'less', expiresAtMs: nowMs + 600_000 },
    ],
    [{ access_token: 'access-1' }, { accessToken: 'access-1', expiresAtMs: null }],
  ])('takes %j, and keeps the rest', async (body, read) => {
    const service = new Server(json(200, body));
    expect(await service.protocol().refresh(kept)).toEqual({
      kind: 'refreshed',
      credentials: { ...kept, issuedAtMs: nowMs, ...read },
    });
    const form = { client_id: 'a-client', grant_type: 'refresh_token', refresh_token: 'refresh-0' };
    expect(service.sent).toMatchObject([{ url: endpoints.token, form }]);
    expect(service.nonceOf(0)).toBeNull();
  });

  test('is by the key to which the tokens are bound', async () => {
    const { jwk } = await DpopKey.generate();
    const service = new Server(json(200, { access_token: 'access-1', token_type: 'DPoP' }));
    expect(await service.protocol().refresh({ ...kept, dpopKey: jwk, tokenType: 'DPoP' })).toMatchObject({
      kind: 'refreshed',
      credentials: { accessToken: 'access-1', dpopKey: jwk },
    });
    expect(service.nonceOf(0)).toBeUndefined();
  });

  test('whose tokens are not bound to that key any more is refused, and they are ended', async () => {
    const { jwk } = await DpopKey.generate();
    const service = new Server(json(200, { access_token: 'access-1' }), json(200, {}));
    const outcome = await service.protocol().refresh({ ...kept, dpopKey: jwk, tokenType: 'DPoP' });
    expect(outcome).toMatchObject({ kind: 'failed', code: 'unexpected_answer' });
    expect(service.sent[1]).toMatchObject({ url: endpoints.revocation, form: { token: 'access-1' } });
  });

  test.each<[string, Answer, object]>([
    [
      'ended, with a reason',
      json(400, { error: 'invalid_grant', error_description: 'It was used.' }),
      { kind: 'ended', reason: 'It was used.' },
    ],
    [
      'ended, without one',
      json(400, { error: 'invalid_grant', error_description: '' }),
      { kind: 'ended', reason: 'the login has ended' },
    ],
    ['503', away, isAway],
    ['lost', lost, isLost],
    ['a page', page, { kind: 'failed', code: 'unexpected_answer' }],
    ['a refusal', json(400, { error: 'invalid_client' }), { kind: 'failed', code: 'refused' }],
    ['no tokens', json(200, {}), unexpected(`${server} answers a refresh without tokens.`)],
    [
      'bound to a key',
      json(200, { access_token: 'access-1', token_type: 'DPoP' }),
      unexpected(`${server} binds tokens to a key that this program does not have.`),
    ],
  ])('may be answered so: %s', async (_, answer, outcome) => {
    expect(await new Server(answer).protocol().refresh(kept)).toMatchObject(outcome);
  });
});

describe('an end', () => {
  test.each([
    ['refresh-0', kept],
    ['access-0', { ...kept, refreshToken: null }],
  ])('is that of %s', async (token, credentials) => {
    const service = new Server(() => new Response(null));
    expect(await service.protocol().end(credentials)).toEqual({ kind: 'ended' });
    expect(service.sent).toMatchObject([
      { url: endpoints.revocation, form: { client_id: 'a-client', token } },
    ]);
  });

  test.each([
    ['503', away, isAway],
    ['lost', lost, isLost],
    ['a refusal', json(400, { error: 'invalid_client' }), { kind: 'failed', code: 'refused' }],
  ])('may be answered so: %s', async (_, answer, outcome) => {
    expect(await new Server(answer).protocol().end(kept)).toMatchObject(outcome);
  });

  test('is nothing that every server has', async () => {
    const service = new Server();
    const protocol = service.protocol({ endpoints: { ...endpoints, revocation: null } });
    expect(await protocol.end(kept)).toEqual({
      kind: 'failed',
      code: 'unsupported',
      message: `${server} cannot end tokens (RFC 7009).`,
    });
    expect(service.sent).toEqual([]);
  });
});
