import { randomBytes, randomUUID } from 'node:crypto';
import { DpopNonces, DpopProofsInRedis } from '@ravi/credentials';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { connectRedis, type RedisClient, waitUntilReady } from '@ravi/redis';
import { createVerifier } from '@ravi/verify';
import { AuthorizationServer } from '../../packages/verify/src/testing/authorization-server.ts';
import { DpopKey, type ProofParts } from '../support/dpop-key.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

/** One suite for both places that check proofs: our own service, and @ravi/verify in the services of others. */
const url = 'https://notes.example.com/notes';
const key = new DpopKey();
const stranger = new DpopKey();
const edKey = new DpopKey('EdDSA');

const secret = () => new Secret(randomBytes(32).toString('hex'));
const nonces = new DpopNonces(deriveServiceKeys(secret()));

let redisServer: TestRedis;
let redis: RedisClient;
let server: AuthorizationServer;
let nowMs: number;
beforeAll(async () => {
  redisServer = await startRedis();
  redis = connectRedis({ kind: 'single', url: redisServer.url }, 'tool', 'test');
  redis.on('error', () => undefined);
  await waitUntilReady(redis, 60_000);
  server = await AuthorizationServer.start();
});
afterAll(async () => {
  redis.disconnect();
  await redisServer.stop();
  await server.stop();
});
beforeEach(() => (nowMs = Date.now()));

/** A place that checks proofs: it tells whether it accepts one for GET on `url`, with a token that is bound to this key. */
interface Side {
  readonly name: string;
  open(): (proof: string, token: string, boundTo: DpopKey, path?: string) => Promise<boolean>;
}

const sides: readonly Side[] = [
  {
    name: 'our service',
    open() {
      const proofs = new DpopProofsInRedis(redis, nonces, `${randomUUID()}:`);
      return async (proof, accessToken, boundTo, path = '') => {
        const request = { method: 'GET', url: url + path, accessToken };
        const check = await proofs.check(proof, request, nowMs);
        return check.kind === 'proven' && check.thumbprint === boundTo.thumbprint;
      };
    },
  },
  {
    name: '@ravi/verify',
    open() {
      const verifier = createVerifier({ issuer: server.issuer, audience: 'ravi-api', nowMs: () => nowMs });
      return async (dpop, token, _boundTo, path = '') => {
        const found = await verifier.verify(`DPoP ${token}`, { method: 'GET', url: url + path, dpop });
        if (found.kind === 'refused') expect(found.error).toBe('invalid_dpop_proof');
        return found.kind === 'access';
      };
    },
  },
];

const tokenOf = (boundTo: DpopKey) => server.token({ cnf: { jkt: boundTo.thumbprint } });

type MakeProof = (token: string) => string;
const seconds = () => Math.floor(nowMs / 1000);
const made =
  (parts: ProofParts, of = key): MakeProof =>
  (token) =>
    of.proof('GET', url, token, parts);

/** A proof whose header is this text, and otherwise sound. */
const withHeader =
  (header: (jwk: string) => string): MakeProof =>
  (token) => {
    const payload = made({})(token).split('.')[1] ?? '';
    const claims = Buffer.from(payload, 'base64url').toString();
    return key.sign(header(JSON.stringify(key.publicJwk)), claims);
  };

/** A sound proof of so many characters. */
const ofLength =
  (length: number): MakeProof =>
  (token) => {
    const around = Math.floor(((length - made({})(token).length) * 3) / 4);
    for (let padding = around - 30; padding < around; padding++)
      for (const more of ['', 'x', 'xx']) {
        const proof = made({ claims: { padding: 'x'.repeat(padding) }, header: { more } })(token);
        if (proof.length === length) return proof;
      }
    throw new Error('There is no proof of this length.');
  };

const honest: readonly (readonly [string, DpopKey, MakeProof])[] = [
  ['made for the request', key, made({})],
  ['by Ed25519', edKey, made({}, edKey)],
  ['by Ed25519 under its new name', edKey, made({ header: { alg: 'Ed25519' } }, edKey)],
  ['a minute old', key, (token) => made({ claims: { iat: seconds() - 59 } })(token)],
  ['by a clock that is a minute ahead', key, (token) => made({ claims: { iat: seconds() + 59 } })(token)],
  ['whose address has a query and a fragment', key, made({ claims: { htu: `${url}?a=b#c` } })],
  [
    'whose address is spelled otherwise',
    key,
    made({ claims: { htu: 'HTTPS://NOTES.example.com:443/notes' } }),
  ],
  ['with claims that nobody knows', key, made({ claims: { other: 1 } })],
  ['of 4,096 characters', key, ofLength(4_096)],
  ['with a jti of 256 characters', key, made({ claims: { jti: 'x'.repeat(256) } })],
  [
    'with a key that carries more than its members',
    key,
    made({ header: { jwk: { ...key.publicJwk, kid: 'a' } } }),
  ],
];

const foreign: readonly (readonly [string, MakeProof])[] = [
  ['empty of content', () => 'garbage'],
  ['two proofs in one header', (token) => `${made({})(token)}, ${made({})(token)}`],
  ['with a part too many', (token) => `${made({})(token)}.AA`],
  ['without its signature', (token) => `${made({})(token).split('.').slice(0, 2).join('.')}.`],
  ['with a changed signature', (token) => `${made({})(token).slice(0, -6)}AAAAAA`],
  ['padded', (token) => `${made({})(token)}==`],
  ['of 4,097 characters', ofLength(4_097)],
  [
    'with a payload that is a list',
    () => key.sign(JSON.stringify({ typ: 'dpop+jwt', alg: 'ES256', jwk: key.publicJwk }), '[]'),
  ],
  [
    'with a payload that is null',
    () => key.sign(JSON.stringify({ typ: 'dpop+jwt', alg: 'ES256', jwk: key.publicJwk }), 'null'),
  ],
  ['with a header that is null', () => key.sign('null', '{}')],
  ['of another type', made({ header: { typ: 'JWT' } })],
  ['without a type', made({ header: { typ: undefined } })],
  ['with alg none', made({ header: { alg: 'none' } })],
  ['with HS256', made({ header: { alg: 'HS256' } })],
  ['with the algorithm of another kind of key', made({ header: { alg: 'EdDSA' } })],
  ['with an extension that it calls critical', made({ header: { crit: ['b64'], b64: true } })],
  ['with an empty list of critical extensions', made({ header: { crit: [] } })],
  ['without a key', made({ header: { jwk: undefined } })],
  ['with a list of keys', made({ header: { jwk: [key.publicJwk, stranger.publicJwk] } })],
  ['with its private key', made({ header: { jwk: key.privateJwk } })],
  ['with half a key', made({ header: { jwk: { ...key.publicJwk, y: undefined } } })],
  ['with a point that is on no curve', made({ header: { jwk: { ...key.publicJwk, x: 'AAAA' } } })],
  ['with a symmetric key', made({ header: { jwk: { kty: 'oct', k: 'AAAA' } } })],
  ['of our key, signed by another', made({ header: { jwk: key.publicJwk } }, stranger)],
  ['of another key', made({}, stranger)],
  [
    'with two keys, the latter a stranger’s',
    withHeader(
      (jwk) => `{"typ":"dpop+jwt","alg":"ES256","jwk":${jwk},"jwk":${JSON.stringify(stranger.publicJwk)}}`,
    ),
  ],
  ['for another method', made({ claims: { htm: 'POST' } })],
  ['for the method in other letters', made({ claims: { htm: 'get' } })],
  ['without a method', made({ claims: { htm: undefined } })],
  ['for another path', made({ claims: { htu: `${url}/1` } })],
  ['for another host', made({ claims: { htu: 'https://evil.example.com/notes' } })],
  ['for another scheme', made({ claims: { htu: url.replace('https', 'http') } })],
  ['for no address', made({ claims: { htu: undefined } })],
  ['for a path alone', made({ claims: { htu: '/notes' } })],
  ['for another token', made({ claims: { ath: 'another' } })],
  ['for no token', made({ claims: { ath: undefined } })],
  ['too old', (token) => made({ claims: { iat: seconds() - 62 } })(token)],
  ['of the future', (token) => made({ claims: { iat: seconds() + 62 } })(token)],
  ['without a time', made({ claims: { iat: undefined } })],
  ['whose time is a word', (token) => made({ claims: { iat: String(seconds()) } })(token)],
  ['without a jti', made({ claims: { jti: undefined } })],
  ['with an empty jti', made({ claims: { jti: '' } })],
  ['with a jti that is a number', made({ claims: { jti: 1 } })],
  ['with a jti that is too long', made({ claims: { jti: 'x'.repeat(257) } })],
];

describe.each(sides)('$name', (side) => {
  /** @shows stolen token */
  test.each(honest)('takes a proof %s, once', async (_name, of, make) => {
    const takes = side.open();
    const token = tokenOf(of);
    const proof = make(token);
    expect(await takes(proof, token, of, '?page=2')).toBe(true);
    expect(await takes(proof, token, of, '?page=2')).toBe(false);
  });

  /** @shows stolen token */
  test.each(foreign)('takes no proof %s', async (_name, make) => {
    const takes = side.open();
    const token = tokenOf(key);
    expect(await takes(make(token), token, key)).toBe(false);
    expect(await takes(made({})(token), token, key)).toBe(true);
  });
});

test.each(sides)(
  '$name takes proofs of two programs though they named them alike, and each once',
  async (side) => {
    const takes = side.open();
    const proofs = [key, stranger].map((program) => {
      const token = tokenOf(program);
      return { program, token, proof: made({ claims: { jti: '1' } }, program)(token) };
    });
    const presented = [];
    for (const { program, token, proof } of [...proofs, ...proofs])
      presented.push(await takes(proof, token, program));
    expect(presented).toEqual([true, true, false, false]);
  },
);

/** In Redis the memory of a proof is a TTL, which no clock of a test can move. */
test('a proof is remembered until it is refused for its age', async () => {
  const start = Math.ceil(nowMs / 1000) * 1000;
  nowMs = start;
  const takes = sides[1]?.open();
  const token = tokenOf(key);
  const proof = made({ claims: { iat: start / 1000 + 60 } })(token);
  expect(await takes?.(proof, token, key)).toBe(true);
  for (const laterMs of [1, 60_000, 119_999, 120_000, 120_001, 121_000, 180_000]) {
    nowMs = start + laterMs;
    expect([laterMs, await takes?.(proof, token, key)]).toEqual([laterMs, false]);
  }
  const prefix = `${randomUUID()}:`;
  const again = made({})(token);
  await new DpopProofsInRedis(redis, nonces, prefix).check(
    again,
    { method: 'GET', url, accessToken: token },
    nowMs - 180_000,
  );
  const [name = ''] = await redis.keys(`${prefix}*`);
  const leftMs = await redis.pttl(name);
  expect([leftMs > 120_000, leftMs <= 121_000]).toEqual([true, true]);
});

describe('a prover whose clock is off', () => {
  const proofs = () => new DpopProofsInRedis(redis, nonces, `${randomUUID()}:`);
  const request = { method: 'GET', url };
  const hourLate = (nonce?: unknown) => {
    const claims = { iat: seconds() - 3_600, ...(nonce === undefined ? {} : { nonce }) };
    return key.proof('GET', url, undefined, { claims });
  };

  test('is given a nonce, and passes with it, once a proof and at every instance', async () => {
    const here = proofs();
    const told = await here.check(hourLate(), request, nowMs);
    if (told.kind !== 'nonceNeeded') throw new Error(told.kind);
    const proof = hourLate(told.nonce);
    const proven = { kind: 'proven', thumbprint: key.thumbprint };
    expect(await here.check(proof, request, nowMs)).toEqual(proven);
    const refused = (fault: string) => ({ kind: 'refused', fault });
    expect(await here.check(proof, request, nowMs)).toEqual(refused('the DPoP proof was used before'));
    expect(await here.check('', request, nowMs)).toEqual(refused('none was sent'));
    const elsewhere = key.proof('GET', `${url}/elsewhere`, undefined, {});
    expect(await here.check(elsewhere, request, nowMs)).toEqual(
      refused('the DPoP proof was made for another address'),
    );
    expect(await proofs().check(hourLate(told.nonce), request, nowMs + 59_000)).toEqual(proven);
  });

  test('passes with no nonce of another time, another secret or its own making', async () => {
    const others = new DpopNonces(deriveServiceKeys(secret()));
    const nonce = nonces.issue(nowMs);
    const made = [others.issue(nowMs), nonces.issue(nowMs - 62_000), nonces.issue(nowMs + 62_000)];
    const forged = [
      `${nonce}A`,
      nonce.slice(0, -2),
      nonce.replace('.', ''),
      `.${nonce}`,
      '',
      7,
      null,
      [nonce],
    ];
    for (const wrong of [...made, ...forged]) {
      const check = await proofs().check(hourLate(wrong), request, nowMs);
      expect([wrong, check.kind]).toEqual([wrong, 'nonceNeeded']);
    }
  });

  test('cannot use a proof with a nonce again when its time comes', async () => {
    const ahead = proofs();
    const claims = { iat: seconds() + 1_800, nonce: nonces.issue(nowMs) };
    const proof = key.proof('GET', url, undefined, { claims });
    expect((await ahead.check(proof, request, nowMs)).kind).toBe('proven');
    // At its own time, when no memory of it is left.
    expect((await proofs().check(proof, request, nowMs + 1_800_000)).kind).toBe('nonceNeeded');
  });

  test('passes on while SECRET is changed', async () => {
    const [before, after] = [secret(), secret()];
    const nonce = new DpopNonces(deriveServiceKeys(before)).issue(nowMs);
    expect(new DpopNonces(deriveServiceKeys(after, before)).isFresh(nonce, nowMs)).toBe(true);
  });
});
