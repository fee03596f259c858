import { PasswordsBusy } from '@ravi/accounts';
import { NotReplicated } from '@ravi/redis';
import { NewerFormat } from '@ravi/runtime';
import { eventually } from '../../../test/support/eventually.ts';
import { post, RawConnection } from '../../../test/support/raw-connection.ts';
import { type ServedApp, serveApp } from '../../../test/support/served-app.ts';
import { Problem } from './http/problem.ts';
import type { Routes } from './http/routes.ts';
import { jsonFormat } from './http/wire-format.ts';
import { oauthFormat } from './tokens/oauth-format.ts';

/** What the calls below throw, by the word that is asked for. */
const thrown: Readonly<Record<string, unknown>> = {
  away: new Error('Connection is closed.'),
  alone: new NotReplicated(),
  newer: new NewerFormat('a login', 99),
  busy: new PasswordsBusy(),
  limited: new Problem('rate_limited', 'Too often.', { retryAfterSeconds: 7 }),
  wrong: new Problem('invalid_request', 'code: is wrong.'),
  nonce: new Problem('unproven_without_nonce', 'Use this nonce.', { dpopNonce: 'a-nonce' }),
  bug: new TypeError('a bug with a secret in its words'),
  word: 'no error at all',
};

function mount(routes: Routes): void {
  const fail = (what: unknown) => {
    throw thrown[String(what)];
  };
  routes.call(
    '/api/ask',
    async ({ path, method, address, requestId, traceparent, reply }, body) =>
      reply.send(200, JSON.stringify({ path, method, address, requestId, traceparent, body })),
    jsonFormat,
  );
  routes.call(
    '/api/later',
    async ({ reply }) => void setImmediate(() => reply.send(200, '{"late":true}')),
    jsonFormat,
  );
  routes.call('/api/fail', async (_, body) => fail(Reflect.get(Object(body), 'what')), jsonFormat);
  routes.call('/oauth/fail', async (_, body) => fail(Reflect.get(Object(body), 'what')), oauthFormat);
  routes.router.get('/page/:what', async (ctx) => fail(ctx.params['what']));
  routes.router.get('/still', async (ctx) => {
    await new Promise((resolve) => ctx.req.once('close', resolve));
    ctx.body = 'x';
  });
  routes.router.get('/unwritable', (ctx) => {
    ctx.body = { count: 1n };
  });
  routes.router.get('/moved', (ctx) => ctx.redirect('/page'));
  routes.router.get('/forgotten', () => undefined);
}

let app: ServedApp;
let proxied: ServedApp;
beforeAll(async () => {
  app = await serveApp(mount);
  proxied = await serveApp(mount, { publicUrl: 'http://login.localhost:3000', trustedProxyHops: 1 });
});
afterAll(async () => {
  await Promise.all([app.close(), proxied.close()]);
});

const json = { 'content-type': 'application/json' };
const ask = (to: ServedApp, path: string, init: RequestInit = {}) =>
  fetch(to.url + path, { redirect: 'manual', ...init });
const fail = (path: string, what: string) => {
  const form = path.startsWith('/oauth');
  return ask(app, path, {
    method: 'POST',
    ...(form ? { body: new URLSearchParams({ what }) } : { headers: json, body: JSON.stringify({ what }) }),
  });
};
const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

test.each(['/api/ask', '/api/ask?x', '/moved', '/page/wrong', '/nothing', '/api/nothing'])(
  'the answer at %s has an id of its own, whatever the client says, and keeps browsers to its type and to TLS',
  async (path) => {
    const method = path.startsWith('/api/ask') ? 'POST' : 'GET';
    const headers = { 'x-request-id': 'chosen-by-a-client', traceparent: trace };
    const answers = [await ask(app, path, { method, headers }), await ask(app, path, { method, headers })];
    const ids = answers.map(({ headers: of }) => of.get('x-request-id'));
    expect(ids).toEqual([expect.stringMatching(uuid), expect.stringMatching(uuid)]);
    expect(ids[0]).not.toBe(ids[1]);
    for (const { headers: of } of answers) {
      expect(of.get('x-content-type-options')).toBe('nosniff');
      expect(of.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains');
    }
  },
);

const trace = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

test.each([
  ['eight characters', 'a1_.-Z09', true],
  ['128', 'x'.repeat(128), true],
  ['seven', 'x'.repeat(7), false],
  ['129', 'x'.repeat(129), false],
  ['a blank', 'an id of words', false],
  ['a quotation mark', 'an-id-with"', false],
])('an id of %s from a trusted proxy, taken or not', async (_, id, taken) => {
  for (const target of ['/api/ask', '/api/ask?x']) {
    const answer = await ask(proxied, target, { method: 'POST', headers: { 'x-request-id': id } });
    const given = answer.headers.get('x-request-id');
    expect([given === id, uuid.test(String(given))]).toEqual([taken, !taken]);
    expect(await answer.json()).toMatchObject({ requestId: given });
    expect(answer.headers.has('strict-transport-security')).toBe(false);
  }
});

test.each([
  [trace, true],
  [`01-${'a'.repeat(32)}-${'b'.repeat(16)}-00`, true],
  [`01-${'a'.repeat(32)}-${'b'.repeat(16)}-00-what-comes`, true],
  [`01-${'a'.repeat(32)}-${'b'.repeat(16)}-00.what`, false],
  [`ff-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, false],
  [`00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`, false],
  [`00-${'a'.repeat(32)}-${'0'.repeat(16)}-01`, false],
  [`00-${'A'.repeat(32)}-${'b'.repeat(16)}-01`, false],
  [`00-${'a'.repeat(31)}-${'b'.repeat(16)}-01`, false],
  [`${trace}-x`, false],
])(
  'the trace %s from a trusted proxy, taken or not; from a client it is none',
  async (traceparent, taken) => {
    for (const target of ['/api/ask', '/api/ask?x']) {
      const sent = { method: 'POST', headers: { traceparent } };
      const told = async (to: ServedApp) => (await (await ask(to, target, sent)).json()) as object;
      expect(Reflect.get(await told(proxied), 'traceparent')).toBe(
        taken ? traceparent.slice(0, trace.length) : undefined,
      );
      expect(await told(app)).not.toHaveProperty('traceparent');
    }
  },
);

test.each(['/api/ask', '/api/ask/', '/api/ask?x=1', '/api/ask/?x', '/API/Ask'])(
  'a call is served at %s, and learns its path without the query and who asks',
  async (target) => {
    const before = [app.lines.length, proxied.lines.length];
    const headers = { ...json, 'x-forwarded-for': '203.0.113.9, 192.0.2.1' };
    const answer = await ask(proxied, target, { method: 'POST', headers, body: '{"a":1}' });
    expect(await answer.json()).toMatchObject({
      path: target.replace(/\?.*/, ''),
      method: 'POST',
      address: '192.0.2.1',
      body: { a: 1 },
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await (await ask(app, target, { method: 'POST', headers })).json()).toMatchObject({
      address: '127.0.0.1',
    });
    expect([app.lines.length, proxied.lines.length]).toEqual(before);
  },
);

test('a call may answer after it has returned: nothing else does in its place', async () => {
  for (const target of ['/api/later', '/api/later?x']) {
    const before = app.lines.length;
    const answer = await ask(app, target, { method: 'POST' });
    expect([answer.status, await answer.text()]).toEqual([200, '{"late":true}']);
    expect(app.lines.slice(before)).toEqual([]);
  }
});

const problems: readonly [string, number, object, Readonly<Record<string, string>>][] = [
  [
    'away',
    503,
    { detail: 'The login store is away. Try again in a moment.', retry_after_seconds: 1 },
    { 'retry-after': '1' },
  ],
  [
    'alone',
    503,
    {
      detail: 'What was changed is not kept safely yet: too few replicas have it. Ask again in a moment.',
      retry_after_seconds: 1,
    },
    { 'retry-after': '1' },
  ],
  [
    'newer',
    503,
    {
      detail: 'A newer version of this service has to answer. Ask again in a moment.',
      retry_after_seconds: 5,
    },
    { 'retry-after': '5' },
  ],
  [
    'busy',
    503,
    { detail: 'Too many people are signing in. Try again in a moment.', retry_after_seconds: 2 },
    { 'retry-after': '2' },
  ],
  ['limited', 429, { detail: 'Too often.', retry_after_seconds: 7 }, { 'retry-after': '7' }],
  [
    'wrong',
    400,
    { error: 'invalid_request', error_description: 'code: is wrong.', detail: 'code: is wrong.' },
    {},
  ],
  [
    'nonce',
    401,
    { detail: 'Use this nonce.' },
    {
      'www-authenticate': 'DPoP realm="ravi", algs="ES256 EdDSA Ed25519", error="use_dpop_nonce"',
      'dpop-nonce': 'a-nonce',
    },
  ],
];

test.each(problems)(
  'what a call throws is answered in JSON with what to do: %s',
  async (what, status, body, headers) => {
    for (const target of ['/api/fail', '/api/fail?x']) {
      const answer = await fail(target, what);
      expect([answer.status, await answer.json()]).toEqual([status, body]);
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      for (const name of ['retry-after', 'www-authenticate', 'dpop-nonce'])
        expect(answer.headers.get(name)).toBe(headers[name] ?? null);
    }
  },
);

test.each(['bug', 'word'])(
  'a fault of ours (%s) is answered 500 without its cause and logged with it',
  async (what) => {
    for (const target of ['/api/fail', '/api/fail?x']) {
      const answer = await fail(target, what);
      const requestId = answer.headers.get('x-request-id');
      expect([answer.status, await answer.json()]).toEqual([
        500,
        { detail: `Our fault. Request ${requestId}.` },
      ]);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(app.lines.at(-1)).toEqual({
        level: 'error',
        text: 'request failed',
        fields: { error: thrown[what], requestId },
      });
    }
    for (const target of ['/oauth/fail', '/oauth/fail?x']) {
      const answer = await fail(target, what);
      expect([answer.status, await answer.json()]).toEqual([500, { error: 'server_error' }]);
    }
    const page = await ask(app, `/page/${what}`);
    const text = await page.text();
    expect([page.status, text]).toEqual([
      500,
      expect.stringContaining(page.headers.get('x-request-id') ?? '?'),
    ]);
    expect(text).not.toContain('secret');
  },
);

test('a refusal is told in the log without its words, an outage to whom it may concern, and a newer record as a warning', async () => {
  const told = async (what: string) => {
    const before = app.outages.length;
    const requestId = (await fail('/api/fail', what)).headers.get('x-request-id');
    return { ...app.lines.at(-1), requestId, outages: app.outages.slice(before) };
  };
  const limited = await told('limited');
  expect(limited).toMatchObject({ level: 'debug', text: 'request refused', outages: [] });
  expect(limited.fields).toEqual({ requestId: limited.requestId, code: 'rate_limited', status: 429 });
  expect(await told('away')).toMatchObject({ level: 'debug', outages: [thrown['away']] });
  expect(await told('alone')).toMatchObject({ level: 'debug', outages: [thrown['alone']] });
  expect(await told('newer')).toMatchObject({
    level: 'warn',
    text: 'left for a newer release',
    fields: { error: thrown['newer'] },
  });
});

const nothing = 'There is nothing at this address.';
const otherMethod = 'This method is not served here. Use POST.';
const oauth = (sentence: string) => ({ error: 'invalid_request', error_description: sentence });

test.each([
  ['GET', '/api/nothing', 404, { detail: nothing }, null],
  ['POST', '/.well-known/nothing', 404, { detail: nothing }, null],
  ['POST', '/OAuth/nothing', 404, oauth(nothing), null],
  ['GET', '/nothing', 404, 'text/html; charset=utf-8', null],
  ['GET', '/api', 404, 'text/html; charset=utf-8', null],
  ['GET', '/forgotten', 404, 'text/html; charset=utf-8', null],
  ['GET', '/api/ask', 405, { detail: otherMethod }, 'POST'],
  ['GET', '/API/ASK/', 405, { detail: otherMethod }, 'POST'],
  ['PUT', '/oauth/fail', 405, oauth(otherMethod), 'POST'],
  ['POST', '/moved', 405, 'text/html; charset=utf-8', 'HEAD, GET'],
  ['PROPFIND', '/api/ask', 405, { detail: otherMethod }, 'POST'],
  ['PROPFIND', '/api/nothing', 404, { detail: nothing }, null],
  ['LOCK', '/nothing', 404, 'text/html; charset=utf-8', null],
  ['OPTIONS', '/api/ask', 200, 'text/plain; charset=utf-8', 'POST'],
  ['OPTIONS', '/api/nothing', 404, { detail: nothing }, null],
])('%s %s is answered %d, in the form of its address: %j', async (method, path, status, form, allow) => {
  const answer = await ask(app, path, { method });
  const type = answer.headers.get('content-type');
  const text = await answer.text();
  const told: unknown = type === 'application/json; charset=utf-8' ? JSON.parse(text) : type;
  expect([answer.status, told, answer.headers.get('allow')]).toEqual([status, form, allow]);
});

test('a target that is no URL is refused in a sentence, and the connection goes on', async () => {
  const connection = await RawConnection.open(app.url);
  const refused = await connection.ask('GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n');
  expect([refused.status, refused.body]).toEqual([400, expect.stringContaining('The address is not a URL.')]);
  expect((await connection.ask(post('/api/ask', '{}'))).status).toBe(200);
  connection.destroy();
});

test.each([
  [
    'in the middle of a body',
    'POST /api/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
  ],
  ['while its answer is made', 'GET /still HTTP/1.1\r\nHost: x\r\n\r\n'],
])('a client that leaves %s is nothing to warn of', async (_, text) => {
  const own = await serveApp(mount);
  const connection = await RawConnection.open(own.url);
  const began = new Promise((resolve) => own.server.once('request', resolve));
  connection.write(text);
  await began;
  connection.reset();
  await eventually('the log tells it', () =>
    own.lines.some((line) => line.text === 'a client left before its answer'),
  );
  expect(own.lines.map(({ level }) => level).filter((level) => level !== 'debug')).toEqual([]);
  await own.close();
});

test('an answer of ours that cannot be written is a fault in the log, and gets its client a 500', async () => {
  const answer = await ask(app, '/unwritable');
  expect([answer.status, await answer.text()]).toEqual([500, 'Internal Server Error']);
  expect(app.lines.at(-1)).toMatchObject({
    level: 'error',
    text: 'an answer could not be written',
    fields: { error: expect.any(TypeError) as unknown },
  });
});
