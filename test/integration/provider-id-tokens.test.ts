import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import jwt from 'jsonwebtoken';
import { OidcProvider } from '../../services/api/src/people/oidc-provider.ts';
import { beginAttempt, type ProviderAttempt } from '../../services/api/src/people/provider-attempt.ts';

const keys = deriveServiceKeys(new Secret('x'.repeat(40)));
const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const [own, foreign] = [rsa(), rsa()];
const kid = 'one';

let server: Server;
let issuer: string;
/** What the provider calls itself, and the ID token that it gives next. */
let calledItself: string;
let idToken: (attempt: ProviderAttempt) => string;
let attempt: ProviderAttempt;

/** A provider that gives the answers that a test sets. */
beforeAll(async () => {
  server = createServer((request, response) => {
    const answers: Record<string, () => object> = {
      '/.well-known/openid-configuration': () => ({
        issuer: calledItself,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      }),
      '/jwks': () => ({
        keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }],
      }),
      '/token': () => ({ access_token: 'a', token_type: 'Bearer', id_token: idToken(attempt) }),
    };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answers[request.url ?? '']?.() ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  calledItself = issuer;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function newProvider(trustsReauthentication = false) {
  const config = {
    id: 'one',
    label: 'One',
    issuer: new URL(issuer),
    clientId: 'ravi',
    clientSecret: new Secret('secret'),
    mark: null,
    trustsEmail: false,
    trustsReauthentication,
  };
  return new OidcProvider(config, 'http://login.localhost:3000', { nowMs: () => Date.now() });
}

/** The result of a sign-in for which the provider gives this ID token. */
async function signedInWith(
  token: (attempt: ProviderAttempt) => string,
  { again = false, trusts = false } = {},
) {
  idToken = token;
  attempt = beginAttempt('one', { again }, Date.now(), keys);
  return newProvider(trusts).prove(`?code=c&state=${attempt.state}`, attempt);
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
