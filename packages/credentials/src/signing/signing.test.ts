import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { defaultLifetimes } from '../lifetimes.ts';
import { generateSigningKey, readSigningKeys } from './key-ring.ts';
import { signTokenPair } from './sign-tokens.ts';

const pems = [generateSigningKey(), generateSigningKey()];
const keys = readSigningKeys(pems);
const [key] = keys;
if (!key) throw new Error('There is no key.');
const grant = {
  id: 'the-grant',
  userId: 42,
  clientId: 'ravi-device',
  identityUuid: 'an-identity',
  scope: 'account',
  requestedScope: '',
  resource: '',
  keyThumbprint: '',
  createdAtMs: 1_800_000_000_000,
  expiresAtMs: null,
} as const;
const subject = {
  issuer: 'https://login.example.com',
  grant,
  seq: 7,
  lifetimes: defaultLifetimes,
  nowMs: 1_800_000_000_500,
};
const pair = signTokenPair(subject, key);

const publicKey = createPublicKey({ key: key.publicJwk, format: 'jwk' });
const clockTimestamp = 1_800_000_000;
const verify = (token: string) =>
  jwt.verify(token, publicKey, { algorithms: ['ES256'], complete: true, clockTimestamp });

/** @shows RFC 10027 §6.1.10 */
test('an access token verifies with the published key and carries the promised claims', () => {
  const { header, payload } = verify(pair.access);
  expect(header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: key.kid });
  expect(payload).toEqual({
    iss: 'https://login.example.com',
    sub: '42',
    aud: 'ravi-api',
    iat: 1_800_000_000,
    exp: 1_800_003_600,
    jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    client_id: 'ravi-device',
    grant_id: 'the-grant',
    scope: 'account',
  });
});

/** @shows ASVS V10.4.8 */
test('tokens of a restricted grant name the identity, the bound key, and end with the grant', () => {
  const restricted = {
    ...grant,
    scope: 'identity',
    keyThumbprint: 'thumb',
    expiresAtMs: subject.nowMs + 90_000,
  } as const;
  const { access, refresh, accessExpiresAtMs } = signTokenPair({ ...subject, grant: restricted }, key);
  for (const token of [access, refresh]) {
    expect(verify(token).payload).toMatchObject({
      scope: 'identity',
      identity_uuid: 'an-identity',
      cnf: { jkt: 'thumb' },
      exp: 1_800_000_090,
    });
  }
  expect(accessExpiresAtMs).toBe(1_800_000_090_000);
});

test('a refresh token is told apart by type and audience, so that neither passes as the other', () => {
  const { header, payload } = verify(pair.refresh);
  expect(header.typ).toBe('rt+jwt');
  expect(payload).toMatchObject({ aud: 'ravi-refresh', sub: '42', exp: 1_800_000_000 + 30 * 24 * 3600 });
});

test('a refresh token says which one of its grant it is; an access token does not', () => {
  expect(verify(pair.refresh).payload).toMatchObject({ seq: 7 });
  expect(verify(pair.access).payload).not.toHaveProperty('seq');
});

/** @shows ASVS V10.4.8, RFC 9700 §4.10, RFC 9700 §4.14.2(4) */
test('tokens live as long as the operator says, and never beyond the longest time from the login on', () => {
  const lifetimes = {
    ...defaultLifetimes,
    accessTokenSeconds: 120,
    refreshTokenIdleSeconds: 1000,
    refreshTokenMaxSeconds: 1500,
  };
  const expiries = (nowMs: number) => {
    const { accessExpiresAtMs, refreshExpiresAtMs } = signTokenPair({ ...subject, lifetimes, nowMs }, key);
    return [accessExpiresAtMs, refreshExpiresAtMs].map((ms) => ms / 1000 - 1_800_000_000);
  };
  expect(expiries(1_800_000_000_000)).toEqual([120, 1000]);
  expect(expiries(1_800_001_000_000)).toEqual([1120, 1500]);
  expect(expiries(1_800_001_450_000)).toEqual([1500, 1500]);
});

test('a key is named by its thumbprint, and its private half is never in what is published', () => {
  expect(key.publicJwk).not.toHaveProperty('d');
  expect(keys.map(({ kid }) => kid)).toEqual([expect.stringMatching(/^[\w-]{43}$/), expect.any(String)]);
  expect(new Set(keys.map(({ kid }) => kid)).size).toBe(2);
});

test('keys that cannot sign ES256 are refused', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  });
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  });
  expect(() => readSigningKeys([rsa.toString()])).toThrow('EC P-256');
  expect(() => readSigningKeys([p384.toString()])).toThrow('EC P-256');
  expect(() => readSigningKeys([])).toThrow('no signing key');
  expect(() => readSigningKeys(['garbage'])).toThrow('there is no private key in PKCS#8 PEM');
  const [one, other] = [generateSigningKey(), generateSigningKey()];
  const cutOff = (pem: string) => pem.slice(0, pem.indexOf('-----END'));
  expect(() => readSigningKeys([cutOff(one) + other])).toThrow('private key 1 of 2 is no EC P-256 key');
  expect(() => readSigningKeys([one + cutOff(other)])).toThrow('private key 2 of 2 is no EC P-256 key');
});

test('it is told which key of a text is of no use, without a word of it', () => {
  const refusal = (text: string) => () => readSigningKeys([text]);
  const damaged = pems[0]?.replace(/\n.{5}/, '\n') ?? '';
  expect(refusal(damaged)).toThrow(/^the private key is no EC P-256 key in PKCS#8 PEM$/);
  expect(refusal(pems.join('') + damaged + pems[1])).toThrow(
    /^private key 3 of 4 is no EC P-256 key in PKCS#8 PEM$/,
  );
});

test('keys may share a text, as in an environment variable, and a key that is given twice counts once', () => {
  const kids = keys.map(({ kid }) => kid);
  expect(readSigningKeys([pems.join('')]).map(({ kid }) => kid)).toEqual(kids);
  expect(readSigningKeys([...pems, ...pems]).map(({ kid }) => kid)).toEqual(kids);
});

test('an access token that is narrower than its login names the identity for which it is good; the refresh token keeps what was granted', () => {
  const saying = (token: string) => verify(token).payload;
  const narrow = signTokenPair({ ...subject, accessScope: 'identity mail' }, key);
  expect(saying(narrow.access)).toMatchObject({ scope: 'identity mail', identity_uuid: 'an-identity' });
  expect(saying(narrow.refresh)).toMatchObject({ scope: 'account' });
  expect(saying(narrow.refresh)).not.toHaveProperty('identity_uuid');
  const whole = signTokenPair({ ...subject, accessScope: 'mail account' }, key);
  expect(saying(whole.access)).toMatchObject({ scope: 'mail account' });
  expect(saying(whole.access)).not.toHaveProperty('identity_uuid');
  const none = signTokenPair({ ...subject, accessScope: 'mail', grant: { ...grant, identityUuid: '' } }, key);
  expect(saying(none.access)).not.toHaveProperty('identity_uuid');
});
