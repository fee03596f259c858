import { safeText } from '../safe-text.ts';
import type { Answered, JsonObject } from './exchange.ts';
import { explanationOf, milliseconds, readFailure, readStart, readUndecided } from './read-answer.ts';

const server = 'https://login.example.com';
const answered = (
  status: number,
  body: JsonObject | null,
  headers: Record<string, string> = {},
): Answered => ({
  kind: 'answered',
  status,
  headers: new Headers(headers),
  body,
});
const lost = { kind: 'lost', reason: 'the connection was cut' } as const;
const unexpected = (message: string) => ({ kind: 'failed', code: 'unexpected_answer', message });

test.each<[JsonObject | null, string | null]>([
  [{ error_description: 'a', detail: 'b', error: 'c' }, 'a'],
  [{ detail: 'b', error: 'c' }, 'b'],
  [{ error: 'c' }, 'c'],
  [{ error: '' }, null],
  [{ detail: 5 }, null],
  [{}, null],
  [null, null],
])('of %j the explanation is %j', (body, said) => {
  expect(explanationOf(body)).toBe(said);
});

describe('an answer that is no success', () => {
  test.each<[number, JsonObject | null]>([
    [408, null],
    [425, null],
    [429, null],
    [500, null],
    [503, null],
    [400, { error: 'temporarily_unavailable' }],
    [400, { error: 'server_error' }],
  ])('says that the service is away for now: %d %j', (status, body) => {
    const said = body === null ? '' : `: ${String(body['error'])}`;
    expect(readFailure(answered(status, body, { 'retry-after': '7' }), server, 0)).toEqual({
      kind: 'away',
      reason: `${server} answers ${status}${said}`,
      retryAfterMs: 7_000,
    });
  });

  test('is a lost one, too', () => {
    const away = { kind: 'away', reason: `${server} does not answer: ${lost.reason}`, retryAfterMs: null };
    expect(readFailure(lost, server, 0)).toEqual(away);
    expect(readStart(lost, server, 0)).toEqual(away);
    expect(readUndecided(lost, server, 0)).toEqual(away);
  });

  test.each([
    [300, { location: 'https://new.example/' }, 'https://new.example/'],
    [399, { location: 'https://new.example/' }, 'https://new.example/'],
    [302, {}, 'nowhere'],
  ])('may lead elsewhere: %d %j', (status, headers, to) => {
    expect(readFailure(answered(status, null, headers), server, 0)).toEqual(
      unexpected(`${server} redirects to ${to}: is that the address of the service?`),
    );
  });

  test.each([
    [{ 'content-type': 'text/html; charset=utf-8' }, 'text/html'],
    [{ 'content-type': `text/${'x'.repeat(60)}` }, `text/${'x'.repeat(55)}…`],
    [{}, 'something'],
  ])('may be no JSON: %j', (headers, type) => {
    const words = `${server} answers 404 with ${type} that is no JSON object: is this the address of the login service, and is a proxy between?`;
    expect(readFailure(answered(404, null, headers), server, 0)).toEqual(unexpected(words));
    expect(readStart(answered(200, null, headers), server, 0)).toMatchObject({ code: 'unexpected_answer' });
  });

  test('is a refusal where it gives a reason, and nothing that can be meant without one', () => {
    expect(readFailure(answered(400, { error: 'invalid_scope' }), server, 0)).toEqual({
      kind: 'failed',
      code: 'refused',
      message: `${server} refuses: invalid_scope`,
    });
    expect(readFailure(answered(400, {}), server, 0)).toEqual(
      unexpected(`${server} answers 400 without a reason.`),
    );
  });
});

describe('the answer to a start', () => {
  const long = (length: number) => `${server}/`.padEnd(length, 'x');
  const started = {
    device_code: 'a-device-code',
    user_code: 'BCDF-GHJK',
    verification_uri: `${server}/device`,
    verification_uri_complete: `${server}/device?user_code=BCDF-GHJK`,
    verification: '42',
    expires_in: 600,
    interval: 7,
  };
  const login = {
    deviceCode: 'a-device-code',
    userCode: 'BCDF-GHJK',
    verificationUri: `${server}/device`,
    verificationUriComplete: `${server}/device?user_code=BCDF-GHJK`,
    verificationNumber: '42',
    expiresInMs: 600_000,
    intervalMs: 7_000,
  };

  test('gives the codes', () => {
    expect(readStart(answered(200, started), server, 0)).toEqual({ kind: 'started', login });
  });

  test('may say "url"', () => {
    const { verification_uri: uri, verification_uri_complete: complete, ...rest } = started;
    const body = { ...rest, verification_url: uri, verification_url_complete: complete };
    expect(readStart(answered(200, body), server, 0)).toEqual({ kind: 'started', login });
  });

  test.each([
    [{ expires_in: undefined }, { expiresInMs: 900_000 }],
    [{ interval: undefined }, { intervalMs: 5_000 }],
    [{ interval: 1 }, { intervalMs: 1_000 }],
    [{ interval: 0.001 }, { intervalMs: 1_000 }],
    [{ interval: 0 }, { intervalMs: 5_000 }],
    [{ interval: 1e306 }, { intervalMs: 5_000 }],
    [{ expires_in: 2 ** 63 }, { expiresInMs: 900_000 }],
    [{ expires_in: 8e12 - 1 }, { expiresInMs: 8e15 - 1_000 }],
    [{ expires_in: 8e12 }, { expiresInMs: 900_000 }],
    [{ verification: 42 }, { verificationNumber: null }],
    [{ verification_uri_complete: 'javascript:alert(1)' }, { verificationUriComplete: null }],
    [{ verification_uri_complete: long(2_048) }, { verificationUriComplete: long(2_048) }],
    [{ verification_uri_complete: long(2_049) }, { verificationUriComplete: null }],
    [{ user_code: `${'B'.repeat(64)}C` }, { userCode: `${'B'.repeat(64)}…` }],
  ])('is read also with %j', (changed, read) => {
    const found = readStart(answered(200, { ...started, ...changed }), server, 0);
    expect(found).toEqual({ kind: 'started', login: { ...login, ...read } });
  });

  test.each([
    { device_code: 5 },
    { user_code: 5 },
    { verification_uri: undefined },
    { verification_uri: [`${server}/device`] },
    { verification_uri: 'nonsense' },
    { verification_uri: long(2_049) },
    { verification_uri: 'javascript:alert(1)' },
    { verification_uri: `${server}/de\nvice` },
    { verification_uri: ` ${server}/device` },
  ])('is none with %j', (changed) => {
    expect(readStart(answered(200, { ...started, ...changed }), server, 0)).toEqual(
      unexpected(`${server} answers without the codes of a login.`),
    );
  });

  test('is one of 200 alone', () => {
    expect(readStart(answered(201, started), server, 0)).toMatchObject({ kind: 'failed' });
  });
});

test.each<[number, JsonObject | null, object]>([
  [400, { error: 'authorization_pending' }, { kind: 'pending', retryAfterMs: null }],
  [400, { error: 'slow_down' }, { kind: 'slowDown', intervalMs: null }],
  [400, { error: 'slow_down', interval: 9 }, { kind: 'slowDown', intervalMs: 9_000 }],
  [400, { error: 'access_denied' }, { kind: 'denied' }],
  [400, { error: 'expired_token' }, { kind: 'expired' }],
  [
    400,
    { error: 'invalid_grant' },
    { kind: 'failed', code: 'refused', message: `${server} refuses: invalid_grant` },
  ],
  [400, {}, { kind: 'away', reason: `${server} answers 400 without a reason.`, retryAfterMs: null }],
  [200, null, { kind: 'away', reason: expect.stringContaining('no JSON object'), retryAfterMs: null }],
])('%d %j, to a device_code, decides so much', (status, body, outcome) => {
  expect(readUndecided(answered(status, body), server, 0)).toEqual(outcome);
});

test('a login that is not decided yet may say when to ask again', () => {
  const early = answered(400, { error: 'authorization_pending' }, { 'retry-after': '7' });
  expect(readUndecided(early, server, 0)).toEqual({ kind: 'pending', retryAfterMs: 7_000 });
});

test.each([
  [5, 5_000],
  ['5', 5_000],
  [0.5, 500],
  [0, null],
  [-1, null],
  ['Infinity', null],
  ['soon', null],
  [true, null],
  [undefined, null],
])('%j seconds are %j ms', (value, ms) => {
  expect(milliseconds(value)).toBe(ms);
});

test.each([
  ['x'.repeat(200), 'x'.repeat(200)],
  ['x'.repeat(201), `${'x'.repeat(200)}…`],
  [' a\u001B[2J\r\nb\u202Ec\u2028 ', 'a [2J b c'],
])('a text is one line that a terminal can show', (text, shown) => {
  expect(safeText(text)).toBe(shown);
});
