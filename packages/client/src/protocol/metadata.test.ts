import { atBest } from '../../../../test/support/at-best.ts';
import { UnencryptedAddress } from '../server-address.ts';
import { checkEndpoints, discover } from './metadata.ts';

const server = 'https://login.example.com';
const endpoints = {
  device_authorization_endpoint: `${server}/device`,
  token_endpoint: `${server}/token`,
  revocation_endpoint: `${server}/revoke`,
};

type Answer = () => Response;
const metadata =
  (found: object, status = 200): Answer =>
  () =>
    Response.json({ issuer: server, ...endpoints, ...found }, { status });
const missing: Answer = () => new Response('<h1>No</h1>', { status: 404 });

/** Looks for the endpoints where the given answers come, one after the other; tells where it looked. */
async function look(answers: readonly Answer[], at = server) {
  const places: string[] = [];
  const answering: typeof fetch = async (input) => {
    places.push(input instanceof Request ? input.url : input.toString());
    return (answers[places.length - 1] ?? missing)();
  };
  return { found: await discover(at, { fetch: answering }, 60_000), places };
}

test('the metadata of OAuth 2.0 is looked for first', async () => {
  expect(await look([metadata({})])).toEqual({
    found: {
      kind: 'found',
      endpoints: {
        deviceAuthorization: `${server}/device`,
        token: `${server}/token`,
        revocation: `${server}/revoke`,
      },
    },
    places: [`${server}/.well-known/oauth-authorization-server`],
  });
});

test.each<[string, Answer]>([
  ['a missing page', missing],
  ['a page that says 200', () => new Response('<h1>Welcome</h1>')],
  ['a refusal', () => Response.json({ error: 'not_found' }, { status: 404 })],
])('where %s is in its place, that of OpenID Connect counts, also below a path', async (_, first) => {
  const tenant = `${server}/tenant`;
  const { found, places } = await look([first, metadata({ issuer: tenant })], tenant);
  expect(found).toMatchObject({ kind: 'found' });
  expect(places).toEqual([
    `${server}/.well-known/oauth-authorization-server/tenant`,
    `${tenant}/.well-known/openid-configuration`,
  ]);
});

test.each<[string, Answer, object]>([
  [
    'answers 503',
    () => new Response('', { status: 503, headers: { 'retry-after': '7' } }),
    { reason: `${server} answers 503`, retryAfterMs: 7_000 },
  ],
  [
    'does not answer',
    () => {
      throw new Error('cut');
    },
    { reason: `${server} does not answer: cut`, retryAfterMs: null },
  ],
])('a server that %s is away: its other place is not asked', async (_, answer, rest) => {
  const { found, places } = await look([answer, metadata({})]);
  expect(found).toEqual({ kind: 'away', ...rest });
  expect(places).toHaveLength(1);
});

test.each<[string, Answer, string]>([
  ['nothing', missing, 'answers 404 with text/plain'],
  ['a refusal', () => Response.json({ error: 'not_found' }, { status: 404 }), 'refuses: not_found'],
])('a server that has %s in both places has no metadata', async (_, answer, words) => {
  const { found } = await look([answer, answer]);
  expect(found).toEqual({
    kind: 'failed',
    code: 'unexpected_answer',
    message: expect.stringContaining(`${server} has no metadata of an authorization server (RFC 8414).`),
  });
  expect(found).toMatchObject({ message: expect.stringContaining(words) });
});

test.each([
  [undefined, 'nobody'],
  [5, 'nobody'],
  ['nonsense', 'nobody'],
  ['https://elsewhere.example', 'https://elsewhere.example/'],
  [`${server}/tenant`, `${server}/tenant`],
])('metadata of another issuer, %j, is refused and names it', async (issuer, name) => {
  const { found } = await look([metadata({ issuer })]);
  expect(found).toEqual({
    kind: 'failed',
    code: 'unexpected_answer',
    message: `The metadata at ${server} belongs to ${name}: use that address.`,
  });
});

test.each(['/', '//'])('an issuer with %s at its end is the same', async (end) => {
  expect((await look([metadata({ issuer: server + end })])).found).toMatchObject({ kind: 'found' });
});

test('however long the name of another issuer is, it is refused in a moment, and named in short', async () => {
  const issuer = `${server}${'/'.repeat(200_000)}x`;
  const measure = async () => {
    const beganMs = performance.now();
    const { found } = await look([metadata({ issuer })]);
    expect(found).toMatchObject({
      message: expect.stringMatching(/^The metadata .{1,300}: use that address\.$/),
    });
    return performance.now() - beganMs;
  };
  // A pattern that looks for the slashes at its end takes a minute.
  expect(await atBest(500, measure)).toBeLessThan(500);
});

const here = 'http://localhost:3000';

test.each([
  [server, undefined],
  [server, 5],
  [server, [`${server}/x`]],
  [server, 'nonsense'],
  [server, 'http://login.example.com/x'],
  [here, 'nonsense'],
  [here, 'http://login.example.com/x'],
])('of %s, no endpoint is %j', async (issuer, address) => {
  const found = async (name: string) => (await look([metadata({ issuer, [name]: address })], issuer)).found;
  expect(await found('device_authorization_endpoint')).toEqual({
    kind: 'failed',
    code: 'unsupported',
    message: `${issuer} has no device flow (RFC 8628).`,
  });
  expect(await found('token_endpoint')).toEqual({
    kind: 'failed',
    code: 'unexpected_answer',
    message: `The metadata at ${issuer} names no usable token_endpoint.`,
  });
  expect(await found('revocation_endpoint')).toMatchObject({
    kind: 'found',
    endpoints: { revocation: null },
  });
});

test.each([
  [here, `${here}/token`],
  ['http://login.example.com', 'http://tokens.example.com/token'],
])('a server without encryption may have endpoints without it: %s, %s', async (issuer, token) => {
  const { found } = await look([metadata({ issuer, token_endpoint: token })], issuer);
  expect(found).toMatchObject({ kind: 'found', endpoints: { token } });
});

describe('an endpoint that a program names', () => {
  const named = { deviceAuthorization: `${server}/device`, token: `${server}/token`, revocation: null };

  test.each(['deviceAuthorization', 'token', 'revocation'])('%s is refused as a server is', (name) => {
    const check = (address: string, allowHttp?: boolean) => () =>
      checkEndpoints({ ...named, [name]: address }, allowHttp);
    expect(check('http://login.example.com/x')).toThrow(UnencryptedAddress);
    expect(check('http://login.example.com/x', true)).not.toThrow();
    expect(check('http://localhost:3000/x')).not.toThrow();
    expect(check('login.example.com/x')).toThrow(
      new TypeError(`endpoints.${name} must be an address such as https://login.example.com.`),
    );
  });

  test('may be missing, and stand beside what is none', () => {
    const more = { ...named, issuer: 'login.example.com' };
    expect(() => checkEndpoints(more)).not.toThrow();
    expect(() => checkEndpoints(undefined)).not.toThrow();
  });
});
