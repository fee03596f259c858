import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { DpopProofsInMemory } from './dpop-proofs-in-memory.ts';
import { createVerifier, type Verification, type Verifier } from './index.ts';
import { AuthorizationServer } from './testing/authorization-server.ts';

const url = 'https://notes.example.com/notes';
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');
const { crv, kty, x, y } = key.publicKey.export({ format: 'jwk' });
const jkt = sha256(JSON.stringify({ crv, kty, x, y }));

let server: AuthorizationServer;
let verifier: Verifier;
let token: string;
let now: number;
beforeEach(async () => {
  server = await AuthorizationServer.start();
  now = Date.now();
  verifier = createVerifier({ issuer: server.issuer, audience: 'ravi-api', nowMs: () => now });
  token = server.token({ cnf: { jkt } });
});
afterEach(() => server.stop());

/** A proof for GET on `url` with the token; `claims`, `header` and `signer` change it. */
function proof(claims: object = {}, header: object = {}, signer: KeyObject = key.privateKey): string {
  const payload = {
    htm: 'GET',
    htu: url,
    iat: Math.floor(now / 1000),
    jti: randomUUID(),
    ath: sha256(token),
  };
  const full = {
    alg: 'ES256',
    typ: 'dpop+jwt',
    jwk: { kty, crv, x, y },
    ...header,
  } as unknown as jwt.JwtHeader;
  return jwt.sign(JSON.parse(JSON.stringify({ ...payload, ...claims })) as object, signer, {
    algorithm: 'ES256',
    header: full,
    // This takes the time out.
    noTimestamp: 'iat' in claims && claims.iat === undefined,
  });
}
const check = (dpop: string | undefined, scheme = 'DPoP') =>
  verifier.verify(`${scheme} ${token}`, { method: 'GET', url: `${url}?page=2`, dpop });
const errorOf = (found: Verification) => (found.kind === 'refused' ? found.error : found.kind);

test('a bound token passes with the proof of its key, made for this request', async () => {
  expect(errorOf(await check(proof()))).toBe('access');
});

test('a proof may be made with Ed25519', async () => {
  const own = generateKeyPairSync('ed25519');
  const jwk = own.publicKey.export({ format: 'jwk' });
  token = server.token({ cnf: { jkt: sha256(JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x })) } });
  const made = (alg: string) => {
    const claims = {
      htm: 'GET',
      htu: url,
      iat: Math.floor(now / 1000),
      jti: randomUUID(),
      ath: sha256(token),
    };
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg, typ: 'dpop+jwt', jwk })}.${part(claims)}`;
    return `${text}.${sign(null, Buffer.from(text), own.privateKey).toString('base64url')}`;
  };
  expect(errorOf(await check(made('EdDSA')))).toBe('access');
  expect(errorOf(await check(made('Ed25519')))).toBe('access');
  expect(errorOf(await check(made('ES256')))).toBe('invalid_dpop_proof');
});

test('a bound token passes as nothing else: not as Bearer, not without a request', async () => {
  const asBearer = await check(proof(), 'Bearer');
  expect(asBearer).toMatchObject({
    status: 401,
    error: 'invalid_token',
    challenge: expect.stringMatching(/^DPoP .*algs="ES256/),
  });
  expect(errorOf(await verifier.verifyToken(token))).toBe('invalid_token');
  expect(errorOf(await verifier.verify(`DPoP ${token}`))).toBe('invalid_dpop_proof');
});

test('a token that is bound to nothing does not pass as bound', async () => {
  token = server.token();
  expect(errorOf(await check(proof()))).toBe('invalid_token');
});

test('a proof is good once', async () => {
  const once = proof();
  expect(errorOf(await check(once))).toBe('access');
  expect(errorOf(await check(once))).toBe('invalid_dpop_proof');
  now += 61_000;
  expect(errorOf(await check(once))).toBe('invalid_dpop_proof');
});

test('so many proofs are remembered and no more: a new one makes the oldest be forgotten, and one that is presented again none', () => {
  const proofs = new DpopProofsInMemory(() => now, 2);
  const [first, second, third] = [proof(), proof(), proof()];
  const use = (dpop: string) => proofs.fault(token, jkt, { method: 'GET', url, dpop });
  expect([first, second, third].map(use)).toEqual([null, null, null]);
  expect([second, third].map(use)).toEqual([
    'the DPoP proof was used before',
    'the DPoP proof was used before',
  ]);
  expect(use(first)).toBeNull();
});

test('the program is told what is wrong with its proof', async () => {
  const wrong = [proof({ htm: 'POST' }), proof({ iat: Math.floor(now / 1000) - 61 }), undefined];
  const told = await Promise.all(wrong.map((dpop) => check(dpop)));
  expect(told.map((found) => found.kind === 'refused' && found.description)).toEqual([
    'the DPoP proof was made for another method',
    'the DPoP proof is not of this minute',
    'this token needs a DPoP proof',
  ]);
});

const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
test.each<readonly [string, () => string | undefined]>([
  ['is absent', () => undefined],
  ['is garbage', () => 'garbage'],
  ['is for another method', () => proof({ htm: 'POST' })],
  ['is for another path', () => proof({ htu: `${url}/1` })],
  ['is for another host', () => proof({ htu: 'https://evil.example.com/notes' })],
  ['names no address', () => proof({ htu: undefined })],
  ['is for another token', () => proof({ ath: sha256('another') })],
  ['names no token', () => proof({ ath: undefined })],
  ['is old', () => proof({ iat: Math.floor(now / 1000) - 61 })],
  ['is of the future', () => proof({ iat: Math.floor(now / 1000) + 62 })],
  ['has no time', () => proof({ iat: undefined })],
  ['has no name', () => proof({ jti: undefined })],
  ['is of another type', () => proof({}, { typ: 'JWT' })],
  ['is signed with nothing', () => `${proof({}, { alg: 'ES256' }).split('.').slice(0, 2).join('.')}.`],
  ['has a part too many', () => `${proof()}.AA`],
  ['carries no key', () => proof({}, { jwk: undefined })],
  ['carries a private key', () => proof({}, { jwk: key.privateKey.export({ format: 'jwk' }) })],
  [
    'is of another key',
    () => proof({}, { jwk: other.publicKey.export({ format: 'jwk' }) }, other.privateKey),
  ],
  ['names our key and is signed by another', () => proof({}, {}, other.privateKey)],
])('a proof is refused that %s', async (_name, made) => {
  expect(errorOf(await check(made()))).toBe('invalid_dpop_proof');
});
