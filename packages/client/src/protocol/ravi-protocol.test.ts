import type { StartedLogin } from './protocol.ts';
import { raviProtocol } from './ravi-protocol.ts';
import { keptLogin } from '../../../../test/support/kept-login.ts';
import { type Answer, away, json, lost } from '../../../../test/support/given-answers.ts';

const server = 'https://login.example.com';
const nowMs = 1_000_000;
const login: StartedLogin = {
  deviceCode: 'a-device-code',
  userCode: 'BCDF-GHJK',
  verificationUri: `${server}/device`,
  verificationUriComplete: null,
  verificationNumber: null,
  expiresInMs: 900_000,
  intervalMs: 5_000,
};
const kept = { ...keptLogin, issuedAtMs: 1 };
const hold = { holdSeconds: 25, timeoutMs: 40_000 };

const empty =
  (status: number): Answer =>
  () =>
    new Response(null, { status });
const page =
  (status: number): Answer =>
  () =>
    new Response('<h1>Hello</h1>', { status, headers: { 'content-type': 'text/html' } });
const isAway = { kind: 'away', reason: `${server} answers 503`, retryAfterMs: 7_000 };
const isLost = { kind: 'away', reason: `${server} does not answer: cut`, retryAfterMs: null };
const unexpected = (message: string) => ({ kind: 'failed', code: 'unexpected_answer', message });

/** A JWT, but for its signature. */
const jwt = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;

/** A service whose answers are given, one after the other; it remembers what it was asked, and with which credential. */
class Service {
  readonly sent: { readonly path: string; readonly body: object; readonly headers: Headers }[] = [];
  readonly #answers: readonly Answer[];

  constructor(...answers: readonly Answer[]) {
    this.#answers = answers;
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const body: object = JSON.parse(typeof init?.body === 'string' ? init.body : 'null');
    const url = input instanceof Request ? input.url : input.toString();
    this.sent.push({
      path: url.replace(`${server}/api/auth/`, ''),
      body,
      headers: new Headers(init?.headers),
    });
    return (this.#answers[this.sent.length - 1] ?? lost)();
  };

  protocol(clientName?: string, clock: () => number = () => nowMs) {
    return raviProtocol({ server, clientName, fetch: this.fetch, nowMs: clock });
  }

  /** Each call, with the credential that it showed. */
  get calls(): readonly string[] {
    return this.sent.map(({ path, headers }) => `${path} ${headers.get('authorization') ?? ''}`.trim());
  }
}

test.each([
  ['my agent', { client_name: 'my agent' }],
  [undefined, {}],
])('a start of %s says so, and no more', async (name, body) => {
  const service = new Service(json(200, { device_code: 'd', user_code: 'u', verification_uri: server }));
  expect(await service.protocol(name).start()).toMatchObject({ kind: 'started', login: { deviceCode: 'd' } });
  expect(service.sent).toMatchObject([{ path: 'device/', body }]);
  expect(service.sent[0]?.body).toEqual(body);
});

describe('the answer to a device_code', () => {
  const identity = { uuid: 'u', name: 'Ada', email: 'ada@example.com' };

  test('may be all that the human granted', async () => {
    const service = new Service(
      json(200, {
        access: 'access-1',
        refresh: 'refresh-1',
        user: { id: 1, email: 'me@example.com', first_name: 'Ada', last_name: 'Lund' },
        management_key: 'a-management-key',
        identity_key: 'an-identity-key',
        identity,
      }),
    );
    expect(await service.protocol().ask(login, hold)).toEqual({
      kind: 'granted',
      credentials: {
        ...kept,
        accessToken: 'access-1',
        refreshToken: 'refresh-1',
        issuedAtMs: nowMs,
        account: { id: 1, email: 'me@example.com', firstName: 'Ada', lastName: 'Lund' },
        managementKey: 'a-management-key',
        identityKey: 'an-identity-key',
        identities: [identity],
      },
    });
    expect(service.sent).toMatchObject([
      { path: 'device/token/', body: { device_code: 'a-device-code', wait: true } },
    ]);
    expect(service.sent[0]?.headers.get('prefer')).toBe('wait=25');
  });

  test.each([
    [{}, []],
    [{ identities: [identity, { ...identity, uuid: 'v' }] }, ['u', 'v']],
    [{ identity, identities: [] }, ['u']],
  ])('names the identities: %j', async (named, ids) => {
    const service = new Service(json(200, { access: 'access-1', ...named }));
    expect(await service.protocol().ask(login, hold)).toMatchObject({
      kind: 'granted',
      credentials: { refreshToken: null, identities: ids.map((uuid) => ({ uuid })) },
    });
  });

  test.each<[string, Answer, object]>([
    ['pending', json(400, { error: 'authorization_pending' }), { kind: 'pending' }],
    ['tokens that do not say 200', json(201, { access: 'access-1' }), { kind: 'away' }],
    ['503', away, isAway],
    ['lost', lost, isLost],
    ['a page', page(200), { kind: 'away', reason: expect.stringContaining('200 with text/html') }],
    ['a page of a proxy', page(502), { kind: 'away', reason: `${server} answers 502` }],
    ['no tokens', json(200, {}), unexpected(`${server} answers an approved login without tokens.`)],
  ])('may be %s', async (_, answer, outcome) => {
    expect(await new Service(answer).protocol().ask(login, hold)).toMatchObject(outcome);
  });
});

test.each([
  [jwt({ iat: 5_000, exp: 5_600, who: '??>>ÿ' }), nowMs + 600_000],
  [jwt({ iat: 5_000 }), null],
  [jwt({ exp: 5_600 }), null],
  [jwt({ iat: 5_000, exp: '5600' }), null],
  [jwt(null), null],
  [jwt(5), null],
  ['no-jwt', null],
  ['a.%.b', null],
])('the access token %s ends at %s by the clock of this machine', async (access, expiresAtMs) => {
  const service = new Service(json(200, { access }), json(200, { access, refresh: 'refresh-1' }));
  const lifetime = { issuedAtMs: nowMs, expiresAtMs };
  const granted = await service.protocol().ask(login, hold);
  expect(granted).toMatchObject({ kind: 'granted', credentials: lifetime });
  expect(await service.protocol().refresh(kept)).toMatchObject({ kind: 'refreshed', credentials: lifetime });
});

test.each<[string, Answer, number]>([
  ['was asked for last', json(400, { error: 'authorization_pending' }), 20_000],
  ['was started', json(400, { error: 'authorization_pending' }, { 'retry-after': '5' }), 10_000],
  ['was started', away, 10_000],
  ['was started', lost, 10_000],
])(
  'an access token whose program was away may be as old as from when its login %s',
  async (_, undecided, madeAtMs) => {
    const started = json(200, { device_code: 'd', user_code: 'u', verification_uri: server });
    const access = jwt({ iat: 5_000, exp: 5_600 });
    const granted = json(200, { access });
    const times = { start: 10_000, undecided: 20_000, granted: 500_000, setBack: 1_000 };
    let timeMs = times.start;
    const protocol = new Service(started, undecided, granted, granted).protocol(undefined, () => timeMs);
    await protocol.start();
    timeMs = times.undecided;
    await protocol.ask(login, hold);
    timeMs = times.granted;
    const lifetime = { issuedAtMs: madeAtMs, expiresAtMs: madeAtMs + 600_000 };
    expect(await protocol.ask(login, hold)).toMatchObject({ credentials: lifetime });
    timeMs = times.setBack;
    expect(await protocol.ask(login, hold)).toMatchObject({ credentials: { issuedAtMs: times.setBack } });
  },
);

describe('a refresh', () => {
  test('takes both tokens, and keeps the rest', async () => {
    const service = new Service(json(200, { access: 'access-1', refresh: 'refresh-1' }));
    const before = { ...kept, managementKey: 'a-management-key' };
    const tokens = { accessToken: 'access-1', refreshToken: 'refresh-1', issuedAtMs: nowMs };
    expect(await service.protocol().refresh(before)).toEqual({
      kind: 'refreshed',
      credentials: { ...before, ...tokens },
    });
    expect(service.sent).toMatchObject([{ path: 'token/refresh/', body: { refresh: 'refresh-0' } }]);
  });

  const withoutTokens = unexpected(`${server} answers a refresh without tokens.`);

  test.each<[string, Answer, object]>([
    ['no access token', json(200, { refresh: 'refresh-1' }), withoutTokens],
    ['no refresh token', json(200, { access: 'access-1' }), withoutTokens],
    [
      'ended, with a reason',
      json(401, { detail: 'It was used.' }),
      { kind: 'ended', reason: 'It was used.' },
    ],
    ['a gateway’s 401, empty', json(401, {}), unexpected(`${server} answers 401 without a reason.`)],
    ['a gateway’s 401 in its words', json(401, { error: 'no session' }), { kind: 'failed', code: 'refused' }],
    ['a refusal', json(403, { detail: 'Not here.' }), { kind: 'failed', code: 'refused' }],
    ['503', away, isAway],
    ['lost', lost, isLost],
    ['a page', page(200), { kind: 'failed', code: 'unexpected_answer' }],
    ['a page of a proxy', page(401), { kind: 'failed', code: 'unexpected_answer' }],
  ])('may be answered so: %s', async (_, answer, outcome) => {
    expect(await new Service(answer).protocol().refresh(kept)).toMatchObject(outcome);
  });
});

describe('an end', () => {
  const over = json(401, { detail: 'It was ended.' });
  const all = { ...kept, managementKey: 'a-management-key', identityKey: 'an-identity-key' };
  const allCalls = [
    'logout/ Bearer access-0',
    'logout/ Bearer a-management-key',
    'logout/ Bearer an-identity-key',
  ];

  test('is that of the login and of its keys; what has ended already counts', async () => {
    const service = new Service(empty(204), over, empty(204));
    expect(await service.protocol().end(all)).toEqual({ kind: 'ended' });
    expect(service.calls).toEqual(allCalls);
  });

  test('is that of the login alone where it gave no keys', async () => {
    const service = new Service(empty(204));
    expect(await service.protocol().end(kept)).toEqual({ kind: 'ended' });
    expect(service.calls).toEqual(allCalls.slice(0, 1));
  });

  test.each<[string, Answer, object]>([
    ['200', page(200), { kind: 'failed', code: 'unexpected_answer' }],
    ['a refusal', json(403, { detail: 'Not here.' }), { kind: 'failed', code: 'refused' }],
    ['503', away, isAway],
    ['a gateway’s 401', page(401), { kind: 'failed', code: 'unexpected_answer' }],
    ['lost', lost, isLost],
  ])('is not over where one of them is answered so: %s', async (_, answer, outcome) => {
    const service = new Service(empty(204), answer, empty(204));
    expect(await service.protocol().end(all)).toMatchObject(outcome);
    expect(service.calls).toEqual(allCalls.slice(0, 2));
  });

  const refreshed = json(200, { access: 'access-1', refresh: 'refresh-1' });

  test.each([
    [nowMs + 5_001, ['logout/ Bearer access-0']],
    [nowMs + 5_000, ['token/refresh/', 'logout/ Bearer access-1']],
    [0, ['token/refresh/', 'logout/ Bearer access-1']],
  ])('is by an access token that is still good when it arrives: one until %d', async (expiresAtMs, calls) => {
    const answers = calls.map((call) => (call === 'token/refresh/' ? refreshed : empty(204)));
    const service = new Service(...answers);
    expect(await service.protocol().end({ ...kept, expiresAtMs })).toEqual({ kind: 'ended' });
    expect(service.calls).toEqual(calls);
  });

  test.each<[string, Answer, Answer]>([
    ['ends the login', refreshed, empty(204)],
    ['is not good any more either', refreshed, over],
  ])(
    'is by a fresh access token where the service does not take the old one; that one %s',
    async (_, ...answers) => {
      const service = new Service(over, ...answers, empty(204), over);
      expect(await service.protocol().end(all)).toEqual({ kind: 'ended' });
      expect(service.calls).toEqual([
        'logout/ Bearer access-0',
        'token/refresh/',
        'logout/ Bearer access-1',
        ...allCalls.slice(1),
      ]);
    },
  );

  test.each([null, 0])(
    'of a login without a refresh token, whose token ended at %s, is that of its keys',
    async (expiresAtMs) => {
      const service = new Service(...(expiresAtMs === null ? [over] : []), empty(204), empty(204));
      const without = { ...all, refreshToken: null, expiresAtMs };
      expect(await service.protocol().end(without)).toEqual({ kind: 'ended' });
      expect(service.calls.filter((call) => !call.endsWith('access-0'))).toEqual(allCalls.slice(1));
    },
  );

  test('of a login that cannot be refreshed any more is that of its keys', async () => {
    const service = new Service(over, empty(204), empty(204));
    expect(await service.protocol().end({ ...all, expiresAtMs: 0 })).toEqual({ kind: 'ended' });
    expect(service.calls).toEqual(['token/refresh/', ...allCalls.slice(1)]);
  });

  test.each<[string, Answer, object]>([
    ['503', away, isAway],
    ['a refusal', json(403, { detail: 'Not here.' }), { kind: 'failed', code: 'refused' }],
  ])('is not over where its refresh is answered so: %s', async (_, answer, outcome) => {
    const service = new Service(answer, empty(204), empty(204));
    expect(await service.protocol().end({ ...all, expiresAtMs: 0 })).toMatchObject(outcome);
    expect(service.calls).toEqual(['token/refresh/']);
  });
});
