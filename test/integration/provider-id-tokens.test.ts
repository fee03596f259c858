import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import jwt from 'jsonwebtoken';
import { OidcProvider } from '../../services/api/src/people/oidc-provider.ts';
import { beginAttempt, type ProviderAttempt } from '../../services/api/src/people/provider-attempt.ts';
import { eventually } from '../support/eventually.ts';

const keys = deriveServiceKeys(new Secret('x'.repeat(40)));
const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const [own, foreign] = [rsa(), rsa()];
const kid = 'one';

let server: Server;
let issuer: string;
/** What the provider calls itself, what else it says of itself, and the ID token that it gives next. */
let calledItself: string;
let more: object;
/** What it tells of a person beside the ID token; how often it was asked for its metadata; how it was told our secret. */
let userInfo: object;
let asked: number;
let toldSecret: string;
let answers: boolean;
let nowMs: number;
/** The answer that has so much more text, if any. */
let padded: { readonly what: string; readonly text: string };
let idToken: (attempt: ProviderAttempt) => string;
let attempt: ProviderAttempt;

const names: Readonly<Record<string, string>> = {
  '/.well-known/openid-configuration': 'its metadata',
  '/jwks': 'its keys',
  '/token': 'its tokens',
  '/userinfo': 'its claims',
};

/** A provider that gives the answers that a test sets. */
beforeAll(async () => {
  server = createServer((request, response) => {
    const calls: Record<string, () => object> = {
      '/.well-known/openid-configuration': () => ({
        issuer: calledItself,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        ...more,
      }),
      '/userinfo': () => userInfo,
      '/jwks': () => ({
        keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }],
      }),
      '/token': () => ({ access_token: 'a', token_type: 'Bearer', id_token: idToken(attempt) }),
    };
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      if (request.url === '/token') toldSecret = request.headers.authorization ?? body;
      if (request.url?.endsWith('-configuration')) asked++;
      response.setHeader('content-type', 'application/json');
      response.statusCode = answers ? 200 : 503;
      const path = request.url ?? '';
      const padding = padded.what === names[path] ? { padding: padded.text } : {};
      response.end(JSON.stringify({ ...calls[path]?.(), ...padding }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  calledItself = issuer;
  padded = { what: 'nothing', text: '' };
  [more, userInfo, asked, toldSecret, answers, nowMs] = [{}, {}, 0, '', true, Date.now()];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const publicUrl = 'http://login.localhost:3000';

const configOf = ({ trustsReauthentication = false, trustsEmail = false } = {}) => ({
  id: 'one',
  label: 'One',
  issuer: new URL(issuer),
  clientId: 'ravi',
  clientSecret: new Secret('secret'),
  mark: null,
  trustsEmail,
  trustsReauthentication,
});

const newProvider = (how?: Parameters<typeof configOf>[0]) =>
  new OidcProvider(configOf(how), publicUrl, { nowMs: () => nowMs });

/** The result of a sign-in for which the provider gives this ID token. */
async function signedInWith(
  token: (attempt: ProviderAttempt) => string,
  { again = false, trusts = false, trustsEmail = false } = {},
) {
  idToken = token;
  attempt = beginAttempt('one', { again }, Date.now(), keys);
  const provider = newProvider({ trustsReauthentication: trusts, trustsEmail });
  return provider.prove(`?code=c&state=${attempt.state}`, attempt);
}

const signed = (
  { nonce }: ProviderAttempt,
  claims: object = {},
  { key = own.privateKey, algorithm = 'RS256' }: { key?: KeyObject | ''; algorithm?: jwt.Algorithm } = {},
) =>
  jwt.sign(
    { iss: issuer, sub: 'ada', aud: 'ravi', exp: Math.floor(Date.now() / 1000) + 60, nonce, ...claims },
    key,
    { algorithm, keyid: kid },
  );

const withChangedSubject = (token: string) => {
  const [header, payload = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'eve' })).toString('base64url');
  return [header, changed, signature].join('.');
};

test('an ID token that fits the attempt signs in', async () => {
  expect(await signedInWith(signed)).toMatchObject({
    kind: 'proven',
    person: { issuer, subject: 'ada' },
  });
});

/** @shows ASVS V6.8.2, provider sign-in */
test.each<readonly [string, (of: ProviderAttempt) => string]>([
  ['without a signature', (of) => signed(of, {}, { key: '', algorithm: 'none' })],
  ['signed by another key under the provider’s name', (of) => signed(of, {}, { key: foreign.privateKey })],
  ['whose claims were changed after signing', (of) => withChangedSubject(signed(of))],
  ['whose signature was cut off', (of) => signed(of).replace(/[^.]+$/, '')],
])('an ID token %s signs nobody in', async (_name, token) => {
  expect(await signedInWith(token)).toMatchObject({ kind: 'failed', problem: 'untrusted' });
});

/** @shows ASVS V10.5.1, ASVS V10.5.4, provider sign-in, RFC 9700 §2.1(3), RFC 9700 §4.4 */
test.each<readonly [string, (of: ProviderAttempt) => string]>([
  ['for another client', (of) => signed(of, { aud: 'another' })],
  ['of another issuer', (of) => signed(of, { iss: 'https://elsewhere.example' })],
  ['of another attempt', (of) => signed(of, { nonce: createHash('sha256').digest('base64url') })],
  ['without a nonce', (of) => signed(of, { nonce: undefined })],
  ['that has expired', (of) => signed(of, { exp: Math.floor(Date.now() / 1000) - 120 })],
])('an ID token that is meant for something else is refused: one %s', async (_name, token) => {
  expect(await signedInWith(token)).toMatchObject({ kind: 'failed', problem: 'untrusted' });
});

/** @shows ASVS V6.8.4, ASVS V7.5.1 */
test('who is to prove again who they are is let on only where the provider says that it asked them since, or is trusted not to say', async () => {
  const at = (secondsAgo: number) => (of: ProviderAttempt) =>
    signed(of, { auth_time: Math.floor(Date.now() / 1000) - secondsAgo });
  const again = { again: true };
  expect(await signedInWith(at(0), again)).toMatchObject({ kind: 'proven' });
  expect(await signedInWith(at(90), again)).toMatchObject({ kind: 'failed', problem: 'notAskedAgain' });
  expect(await signedInWith(signed, again)).toMatchObject({ kind: 'failed', problem: 'notAskedAgain' });
  expect(await signedInWith(signed, { again: true, trusts: true })).toMatchObject({ kind: 'proven' });
  expect(await signedInWith(at(90), { again: true, trusts: true })).toMatchObject({ kind: 'failed' });
  expect(await signedInWith(at(86_400))).toMatchObject({ kind: 'proven' });
});

/** @shows ASVS V10.5.3, provider sign-in */
test('a provider whose metadata names another issuer signs nobody in', async () => {
  calledItself = 'https://elsewhere.example';
  await expect(newProvider().authorizationUrl(beginAttempt('one', {}, Date.now(), keys))).rejects.toThrow(
    'issuer does not match',
  );
  expect(await signedInWith(signed)).toMatchObject({ kind: 'failed', problem: 'untrusted' });
});

test.each(['its metadata', 'its keys', 'its tokens', 'its claims'])(
  'of %s a provider tells a megabyte at most: no more is read',
  async (what) => {
    const told = async (length: number) => {
      padded = { what, text: 'x'.repeat(length) };
      more = { userinfo_endpoint: `${issuer}/userinfo` };
      userInfo = { sub: 'ada' };
      const proof = await signedInWith(signed);
      return proof.kind === 'proven' ? await proof.person.profile() : proof;
    };
    expect(await told(1_000_000)).toMatchObject({ verifiedEmail: null });
    const tooLong = await told(1_050_000).catch(() => 'rejected');
    const refused = what === 'its claims' ? 'rejected' : { kind: 'failed', problem: 'untrusted' };
    expect([tooLong]).toMatchObject([refused]);
  },
);

/** The profile of a person for whom the provider gives an ID token with these claims. */
async function profileOf(claims: object, trustsEmail = false) {
  const proof = await signedInWith((of) => signed(of, claims), { trustsEmail });
  if (proof.kind === 'failed') throw new Error(proof.reason);
  return proof.person.profile();
}

/** @shows provider takeover */
test('an address counts where the provider verified it, or is trusted to have verified all, and is an address', async () => {
  const address = async (claims: object, trustsEmail = false) =>
    (await profileOf({ email: 'ada@example.com', ...claims }, trustsEmail)).verifiedEmail;
  for (const verified of [true, 'true'])
    expect(await address({ email_verified: verified })).toBe('ada@example.com');
  for (const verified of [false, 'false', 1, 'yes', undefined, null])
    expect(await address({ email_verified: verified })).toBeNull();
  expect(await address({ email_verified: false }, true)).toBe('ada@example.com');
  for (const email of ['no address', 7, '']) expect(await address({ email }, true)).toBeNull();
});

test('names are those that the provider gives, or the parts of the one that it gives, without what is no text', async () => {
  const names = async (claims: object) => {
    const { firstName, lastName } = await profileOf({ email: '', ...claims });
    return [firstName, lastName];
  };
  expect(await names({ given_name: ' Ada ', family_name: 'King\u0000', name: 'Other' })).toEqual([
    'Ada',
    'King',
  ]);
  expect(await names({ given_name: 'Ada', name: 'Ada King' })).toEqual(['Ada', '']);
  expect(await names({ name: 'Ada King  Lovelace' })).toEqual(['Ada', 'King Lovelace']);
  expect(await names({ given_name: 7, family_name: 'King' })).toEqual(['', '']);
  expect(await names({ given_name: 'a'.repeat(90), family_name: 'b'.repeat(90) })).toEqual([
    'a'.repeat(80),
    'b'.repeat(80),
  ]);
});

test('where the ID token tells no address, the provider is asked for it, if it can be, and tells it of this person alone', async () => {
  userInfo = { sub: 'ada', email: 'ada@example.com', email_verified: true };
  expect((await profileOf({})).verifiedEmail).toBeNull();
  more = { userinfo_endpoint: `${issuer}/userinfo` };
  expect((await profileOf({})).verifiedEmail).toBe('ada@example.com');
  const told = { email: 'other@example.com', email_verified: true };
  expect((await profileOf(told)).verifiedEmail).toBe('other@example.com');
  userInfo = { ...userInfo, sub: 'eve' };
  await expect(profileOf({})).rejects.toBeInstanceOf(Error);
});

test('our secret is told in the way that the provider takes: by default in the head, else in the body', async () => {
  await signedInWith(signed);
  expect(toldSecret).toMatch(/^Basic /);
  more = { token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'] };
  await signedInWith(signed);
  expect(toldSecret).toMatch(/^Basic /);
  more = { token_endpoint_auth_methods_supported: ['client_secret_post'] };
  await signedInWith(signed);
  expect(new URLSearchParams(toldSecret).get('client_secret')).toBe('secret');
});

test('a provider is asked what it is once an hour, meanwhile and while it fails what it said goes on; one that never answered is asked every five seconds', async () => {
  const provider = newProvider();
  const leads = () => provider.authorizationUrl(beginAttempt('one', {}, nowMs, keys));
  answers = false;
  await expect(leads()).rejects.toBeInstanceOf(Error);
  nowMs += 4_999;
  await expect(leads()).rejects.toBeInstanceOf(Error);
  expect(asked).toBe(1);
  nowMs += 1;
  answers = true;
  await Promise.all([leads(), leads()]);
  expect(asked).toBe(2);
  nowMs += 3_599_999;
  await leads();
  expect(asked).toBe(2);
  nowMs += 1;
  answers = false;
  await leads();
  // Beside the answer: nobody waits for it.
  await eventually('it is asked again', async () => asked === 3);
  answers = true;
  await eventually('it is asked once more', async () => {
    nowMs += 5_000;
    await leads();
    return asked === 4;
  });
});

test('a person waits for an answer of a provider for five seconds', async () => {
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  const times: number[] = [];
  AbortSignal.timeout = (ms) => {
    times.push(ms);
    return timeout(ms);
  };
  try {
    expect(await signedInWith(signed)).toMatchObject({ kind: 'proven' });
  } finally {
    AbortSignal.timeout = timeout;
  }
  expect(new Set(times)).toEqual(new Set([5_000]));
});

test('a provider that did not answer is asked again five seconds later, whatever the clock of the machine is set to', async () => {
  const provider = new OidcProvider(configOf(), publicUrl);
  const leads = () => provider.authorizationUrl(beginAttempt('one', {}, nowMs, keys));
  const [machine, beganMs] = [Date.now, performance.now()];
  answers = false;
  performance.now = () => beganMs;
  try {
    await expect(leads()).rejects.toBeInstanceOf(Error);
    Date.now = () => machine() - 3_600_000;
    performance.now = () => beganMs + 4_999;
    await expect(leads()).rejects.toBeInstanceOf(Error);
    expect(asked).toBe(1);
    answers = true;
    performance.now = () => beganMs + 5_000;
    await leads();
    expect(asked).toBe(2);
  } finally {
    Date.now = machine;
    Reflect.deleteProperty(performance, 'now');
  }
});

/** @shows ASVS V7.5.1 */
test('the provider is told to ask the person again where that is wanted, and never what only we know', async () => {
  const url = async (again: boolean) => {
    const made = beginAttempt('one', { again }, nowMs, keys);
    const { searchParams, href } = await newProvider().authorizationUrl(made);
    expect(href).not.toContain(made.codeVerifier);
    return [
      searchParams.get('prompt'),
      searchParams.get('max_age'),
      searchParams.get('code_challenge_method'),
    ];
  };
  expect(await url(false)).toEqual([null, null, 'S256']);
  expect(await url(true)).toEqual(['login', '0', 'S256']);
});
