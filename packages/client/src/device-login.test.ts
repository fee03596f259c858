import type { Clock } from './clock.ts';
import { deviceLogin, runDeviceLogin } from './device-login.ts';
import { LoginError } from './login-error.ts';
import type { DeviceLoginOptions, LoginCode, LoginProgress } from './login-options.ts';
import { qrCode } from './qr/qr-code.ts';
import { UnencryptedAddress } from './server-address.ts';

const server = 'https://login.example.com';
const deviceCode = 'a-device-code-that-is-secret';
const started = {
  device_code: deviceCode,
  user_code: 'BCDF-GHJK',
  verification_uri: `${server}/device`,
  expires_in: 900,
  interval: 5,
};
const json =
  (status: number, body: object, headers: Record<string, string> = {}) =>
  () =>
    Response.json(body, { status, headers });
const pending = json(400, { error: 'authorization_pending' });
const aborted = (codeExpiresAtMs: number | null) => ({ kind: 'aborted', codeExpiresAtMs });
const lost = () => {
  throw new TypeError('fetch failed', {
    cause: Object.assign(new Error(deviceCode), { code: 'ECONNRESET' }),
  });
};

/** A service whose answers are given, the last for ever, in a time that goes by only where somebody waits. */
class FakeService implements Clock {
  timeMs = 0;
  readonly pauses: number[] = [];
  readonly asks: number[] = [];
  readonly starts: number[] = [];
  readonly progress: LoginProgress[] = [];
  readonly #start: readonly (() => Response)[];
  readonly #answers: readonly (() => Response)[];
  readonly #heldMs: number;

  constructor(answers: readonly (() => Response)[], start = [json(200, started)], heldMs = 0) {
    this.#answers = answers;
    this.#start = start;
    this.#heldMs = heldMs;
  }

  monotonicMs = () => this.timeMs;
  nowMs = () => this.timeMs;
  random = () => 0.5;
  pause = async (ms: number) => {
    if (this.pauses.push(ms) > 1_000) throw new Error('It waits without end.');
    this.timeMs += ms;
  };

  fetch: typeof fetch = async (input) => {
    const isStart = (input instanceof Request ? input.url : input.toString()).endsWith('/device/');
    const [seen, answers] = isStart ? [this.starts, this.#start] : [this.asks, this.#answers];
    seen.push(this.timeMs);
    if (!isStart) this.timeMs += this.#heldMs;
    return (answers[seen.length - 1] ?? answers.at(-1) ?? pending)();
  };

  run(options: Partial<DeviceLoginOptions> = {}) {
    const onProgress = (progress: LoginProgress) => void this.progress.push(progress);
    const given = { server, fetch: this.fetch, onCode: () => undefined, onProgress, ...options };
    return runDeviceLogin(given, this);
  }

  /** The shortest time from one ask to the next. */
  get closestMs(): number {
    return Math.min(...this.asks.slice(1).map((at, index) => at - (this.asks[index] ?? 0)));
  }
}

test.each([
  ['authorization_pending', pending],
  ['503', json(503, { detail: 'The login store is away.' }, { 'retry-after': '1' })],
  ['429', json(429, { detail: 'Too many.' })],
  ['a page of a proxy', () => new Response('<h1>Bad gateway</h1>', { status: 502 })],
  [
    'a page that says 200',
    () => new Response('<h1>Welcome</h1>', { headers: { 'content-type': 'text/html' } }),
  ],
  ['a lost connection', lost],
])(
  'a service that answers at once (%s) is asked at most once in an interval, until the code expires, and once then',
  async (_, answer) => {
    const service = new FakeService([answer]);
    expect(await service.run()).toEqual({ kind: 'expired' });
    expect(service.closestMs).toBeGreaterThan(5_000);
    expect(service.asks.length).toBeGreaterThan(20);
    expect(service.asks.filter((at) => at >= 900_000)).toEqual([service.timeMs]);
    expect(service.timeMs).toBeLessThanOrEqual(905_000);
  },
);

test('a service that holds requests is asked again at once, and after a restart of it soon', async () => {
  const service = new FakeService([pending, lost, pending, pending], undefined, 25_000);
  expect(await service.run()).toEqual({ kind: 'expired' });
  expect(service.asks.length).toBeGreaterThan(33);
});

test('each slow_down makes the interval longer, for good', async () => {
  const slowDown = json(400, { error: 'slow_down' });
  const named = json(400, { error: 'slow_down', interval: 40 });
  const service = new FakeService([slowDown, slowDown, named, pending]);
  await service.run();
  const gaps = service.asks.slice(1, 6).map((at, index) => at - (service.asks[index] ?? 0));
  const [first = 0, second = 0, ...rest] = gaps;
  expect(first).toBeGreaterThan(10_000);
  expect(second).toBeGreaterThan(15_000);
  expect(Math.min(...rest)).toBeGreaterThan(40_000);
});

test.each([
  ['access_denied', { kind: 'denied' }],
  ['expired_token', { kind: 'expired' }],
  ['invalid_grant', { kind: 'failed', code: 'refused', message: expect.stringContaining('invalid_grant') }],
])('%s ends the login', async (error, result) => {
  const service = new FakeService([pending, json(400, { error })]);
  expect(await service.run()).toEqual(result);
  expect(service.asks).toHaveLength(2);
});

test('an outage is told, with its end, and without a word of what was sent', async () => {
  const service = new FakeService([
    pending,
    lost,
    json(503, { detail: 'away' }),
    pending,
    json(400, { error: 'access_denied' }),
  ]);
  await service.run();
  expect(service.progress).toEqual([
    {
      kind: 'away',
      reason: `${server} does not answer: the connection was cut (ECONNRESET)`,
      retryInMs: expect.any(Number),
    },
    { kind: 'away', reason: `${server} answers 503: away`, retryInMs: expect.any(Number) },
    { kind: 'back' },
  ]);
  expect(JSON.stringify(service.progress)).not.toContain(deviceCode);
});

test.each([
  [
    'a page',
    () => new Response('<h1>Hello</h1>', { headers: { 'content-type': 'text/html' } }),
    'unexpected_answer',
    'text/html',
  ],
  ['a page that is missing', () => new Response('<h1>No</h1>', { status: 404 }), 'unexpected_answer', '404'],
  ['another program', json(200, { hello: 'world' }), 'unexpected_answer', 'without the codes'],
  [
    'a redirect',
    () => new Response(null, { status: 301, headers: { location: 'https://new.example/' } }),
    'unexpected_answer',
    'https://new.example/',
  ],
  ['a refusal', json(403, { detail: 'Logins are switched off.' }), 'refused', 'switched off'],
  [
    'a link that is no address',
    json(200, { ...started, verification_uri: 'javascript:alert(1)' }),
    'unexpected_answer',
    'without the codes',
  ],
])('a start that meets %s fails at once, and says so', async (_, answer, code, words) => {
  const service = new FakeService([], [answer]);
  expect(await service.run()).toEqual({ kind: 'failed', code, message: expect.stringContaining(words) });
  expect(service.starts).toHaveLength(1);
});

test('a start that nobody answers is tried four times, ever later, and each outage told', async () => {
  const service = new FakeService([], [lost]);
  const reason = `${server} does not answer: the connection was cut (ECONNRESET)`;
  expect(await service.run()).toEqual({ kind: 'failed', code: 'unavailable', message: `${reason}.` });
  // An eighth longer, since the chance is one half.
  expect(service.starts).toEqual([0, 1_125, 3_375, 7_875]);
  expect(service.progress).toEqual(
    [1_125, 2_250, 4_500].map((retryInMs) => ({ kind: 'away', reason, retryInMs })),
  );
});

test.each([
  [0, '1', [0, 1_000, 3_000, 7_000]],
  [1, '40', [0, 50_000, 100_000, 150_000]],
  [0, '60', [0, 60_000, 120_000, 180_000]],
  [0, '61', [0]],
  [1, '49', [0]],
])(
  'by a chance of %d, a start that is to be tried again after %s s is tried at %j',
  async (chance, seconds, starts) => {
    const service = new FakeService([], [json(503, {}, { 'retry-after': seconds })]);
    service.random = () => chance;
    expect(await service.run()).toMatchObject({ kind: 'failed', code: 'unavailable' });
    expect(service.starts).toEqual(starts);
  },
);

test('a start that meets a service for the second time only goes on', async () => {
  const service = new FakeService([json(400, { error: 'access_denied' })], [lost, json(200, started)]);
  expect(await service.run()).toEqual({ kind: 'denied' });
});

test('words of a server cannot write to the terminal', async () => {
  const service = new FakeService([], [json(400, { error: 'x', error_description: 'a\u001B[2Jb\u202Ec' })]);
  expect(await service.run()).toMatchObject({ message: `${server} refuses: a [2Jb c` });
});

test.each([
  { server: 'login.example.com' },
  { server: 'ftp://login.example.com' },
  { server: 'http://login.example.com' },
  { server: 'https://me:secret@login.example.com' },
  { dpop: true },
  { scope: 'account' },
  { resource: 'https://api.example.com' },
])('options that cannot be meant are refused before anything is sent: %j', async (options) => {
  const service = new FakeService([]);
  await expect(service.run(options)).rejects.toThrow(TypeError);
  expect(service.starts).toEqual([]);
});

test('http to this machine, or where it is allowed, is fine', async () => {
  for (const options of [
    { server: 'http://localhost:3000' },
    { server: 'http://login.example.com', allowHttp: true },
  ]) {
    const service = new FakeService([json(400, { error: 'access_denied' })]);
    expect(await service.run(options)).toEqual({ kind: 'denied' });
  }
});

test('what onCode throws ends the login, as itself', async () => {
  const service = new FakeService([pending]);
  const onCode = () => Promise.reject(new RangeError('no screen'));
  await expect(service.run({ onCode })).rejects.toThrow('no screen');
  expect(service.asks).toEqual([]);
});

describe('an abort', () => {
  const onCode = () => {
    throw new Error('No code is to be shown.');
  };

  test('before a login begins lets no code be asked for', async () => {
    const service = new FakeService([]);
    expect(await service.run({ onCode, signal: AbortSignal.abort() })).toEqual(aborted(null));
    expect(service.starts).toEqual([]);
  });

  test.each([
    ['which nobody answers', lost],
    ['which is answered all the same', json(200, started)],
  ])('amid a start, %s, shows no code', async (_, answer) => {
    const aborting = new AbortController();
    const start = () => {
      aborting.abort();
      return answer();
    };
    const service = new FakeService([], [start]);
    expect(await service.run({ onCode, signal: aborting.signal })).toEqual(aborted(null));
    expect(service.starts).toHaveLength(1);
    expect(service.progress).toEqual([]);
  });

  test('while the code is shown tells until when it is good, and asks nothing', async () => {
    const aborting = new AbortController();
    const service = new FakeService([pending]);
    service.timeMs = 5_000;
    const result = await service.run({ onCode: () => aborting.abort(), signal: aborting.signal });
    expect(result).toEqual(aborted(905_000));
    expect(service.asks).toEqual([]);
  });
});

test.each([
  [
    { verification: '42', verification_uri_complete: `${server}/device?user_code=BCDF-GHJK` },
    '?user_code=BCDF-GHJK',
  ],
  [{}, ''],
])('the code is shown with all that was told, and the link as a QR code: %j', async (told, query) => {
  const complete = query === '' ? null : `${server}/device${query}`;
  const service = new FakeService(
    [json(400, { error: 'access_denied' })],
    [json(200, { ...started, ...told })],
  );
  const shown: LoginCode[] = [];
  await service.run({ onCode: (code) => void shown.push(code) });
  expect(shown).toEqual([
    {
      userCode: 'BCDF-GHJK',
      verificationUri: `${server}/device`,
      verificationUriComplete: complete,
      verificationNumber: complete && '42',
      expiresAtMs: 900_000,
      qr: qrCode(complete ?? `${server}/device`),
    },
  ]);
});

test('by OAuth 2.0 without a key, tokens are bound to none', async () => {
  const service = new FakeService([json(200, { access_token: 'access', token_type: 'Bearer' })]);
  const endpoints = { deviceAuthorization: `${server}/device/`, token: `${server}/token`, revocation: null };
  const result = await service.run({ clientId: 'a-client', endpoints });
  if (result.kind !== 'loggedIn') throw new Error(result.kind);
  expect(await result.session.credentials()).toMatchObject({ tokenType: 'Bearer', dpopKey: null });

  const plain = { ...endpoints, token: 'http://login.example.com/token' };
  await expect(service.run({ clientId: 'a-client', endpoints: plain })).rejects.toThrow(UnencryptedAddress);
});

test.each([
  ['access_denied', 'access_denied', 'The login was denied.'],
  ['expired_token', 'expired_token', 'The code has expired before anybody approved it'],
  ['invalid_grant', 'refused', 'invalid_grant'],
])('a login that ends by %s is an error with the code %s', async (word, code, words) => {
  const { fetch } = new FakeService([json(400, { error: word })]);
  const error: unknown = await deviceLogin({ server, fetch, onCode: () => undefined }).catch(
    (found) => found,
  );
  expect(error).toBeInstanceOf(LoginError);
  expect(error).toMatchObject({ code, message: expect.stringContaining(words) });
});

test('one that is aborted is an error with the reason of the signal', async () => {
  const { fetch } = new FakeService([]);
  const signal = AbortSignal.abort('enough');
  await expect(deviceLogin({ server, fetch, onCode: () => undefined, signal })).rejects.toMatchObject({
    code: 'aborted',
    cause: 'enough',
  });
});
