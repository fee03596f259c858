import { sign as signBytes } from 'node:crypto';
import { defaultLifetimes } from '../lifetimes.ts';
import { generateSigningKey, readSigningKeys } from '../signing/key-ring.ts';
import { signTokenPair } from '../signing/sign-tokens.ts';
import type { PublicJwk } from './published-keys.ts';
import { TokenVerifier } from './token-verifier.ts';

const [key] = readSigningKeys([generateSigningKey()]);
if (!key) throw new Error('There is no key.');
const issuer = 'https://login.example.com';
const nowMs = 1_800_000_000_500;
const grant = {
  id: 'the-grant',
  userId: 42,
  clientId: 'ravi-device',
  identityUuid: '',
  scope: 'account',
  requestedScope: '',
  resource: '',
  keyThumbprint: '',
  createdAtMs: nowMs,
  expiresAtMs: null,
} as const;
const sign = (resource = '') =>
  signTokenPair({ issuer, grant: { ...grant, resource }, seq: 1, lifetimes: defaultLifetimes, nowMs }, key);

let published = [key.publicJwk];
let verifier: TokenVerifier;
beforeEach(() => {
  published = [key.publicJwk];
  verifier = new TokenVerifier({ issuer, publishedKeys: { list: () => Promise.resolve(published) } });
});

/** Presented before, so that its signature is remembered. */
async function known(token: string): Promise<string> {
  expect(await verifier.verify(token, 'access', nowMs, { anyAudience: true })).not.toBeNull();
  return token;
}

test('a token that was presented before has the same claims', async () => {
  const { access } = sign();
  const first = await verifier.verify(access, 'access', nowMs);
  expect(await verifier.verify(access, 'access', nowMs)).toEqual(first);
  expect(first).toMatchObject({ grant_id: 'the-grant', sub: '42' });
});

test('a token that was presented before expires in its second', async () => {
  const { access, accessExpiresAtMs } = sign();
  await known(access);
  expect(await verifier.verify(access, 'access', accessExpiresAtMs - 1)).not.toBeNull();
  expect(await verifier.verify(access, 'access', accessExpiresAtMs)).toBeNull();
});

test('a token that was presented before ends within a second of its key', async () => {
  const access = await known(sign().access);
  published = [];
  expect(await verifier.verify(access, 'access', nowMs + 1_000)).toBeNull();
});

test('a key that was retired ends with the next reading also where the clock was set back', async () => {
  const access = await known(sign().access);
  published = [];
  expect(await verifier.verify(access, 'access', nowMs - 1)).toBeNull();
});

test('a token for a service that was presented before does not open our own API', async () => {
  const access = await known(sign('https://mail.example.com').access);
  expect(await verifier.verify(access, 'access', nowMs)).toBeNull();
});

test('an access token that was presented before is no refresh token, and no other text', async () => {
  const access = await known(sign().access);
  const other = access.at(-2) === 'A' ? 'B' : 'A';
  expect(await verifier.verify(access, 'refresh', nowMs, { anyAudience: true })).toBeNull();
  expect(await verifier.verify(`${access.slice(0, -2)}${other}A`, 'access', nowMs)).toBeNull();
});

test('once it knows a key, a token is checked while the keys are read again, and counts if its key is still among them', async () => {
  const { access } = sign();
  const readings: PromiseWithResolvers<readonly PublicJwk[]>[] = [];
  const waiting = new TokenVerifier({
    issuer,
    publishedKeys: {
      list: () => {
        const reading = Promise.withResolvers<readonly PublicJwk[]>();
        readings.push(reading);
        return reading.promise;
      },
    },
  });
  const first = waiting.verify(access, 'access', nowMs);
  readings[0]?.resolve([key.publicJwk]);
  expect(await first).not.toBeNull();
  expect(await waiting.verify(access, 'access', nowMs + 900)).not.toBeNull();
  expect(readings).toHaveLength(1);

  // Two checks at the same moment share one reading, and neither waits for it.
  const [one, other] = await Promise.all([
    waiting.check(access, 'access', nowMs + 2_000),
    waiting.check(sign().access, 'access', nowMs + 2_000),
  ]);
  expect(readings).toHaveLength(2);
  readings[1]?.resolve([]);
  expect(await Promise.all([one?.stands, other?.stands])).toEqual([false, false]);
  expect(await waiting.verify(access, 'access', nowMs + 2_500)).toBeNull();
});

test('where the keys cannot be read, whoever waits learns it, and nothing happens to a process in which nobody does', async () => {
  const { access } = sign();
  let isAway = false;
  const list = async () => {
    if (isAway) throw new Error('Redis is away');
    return published;
  };
  const verifierOfKeys = new TokenVerifier({ issuer, publishedKeys: { list } });
  expect(await verifierOfKeys.verify(access, 'access', nowMs)).not.toBeNull();
  isAway = true;
  const checked = await verifierOfKeys.check(access, 'access', nowMs + 1_000);
  // A rejection that nobody awaits would end a process, and this test, before the next turn.
  await new Promise(setImmediate);
  await expect(checked?.stands).rejects.toThrow('Redis is away');
});

/** A token whose claims and header are changed, signed with the same key. */
function signedAnew(token: string, claims: object, header: object = {}): string {
  if (!key) throw new Error('There is no key.');
  const [head = '', body = ''] = token.split('.');
  const change = (part: string, changes: object) => {
    const known: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return Buffer.from(JSON.stringify(Object.assign(Object(known), changes))).toString('base64url');
  };
  const signed = `${change(head, header)}.${change(body, claims)}`;
  const how = { key: key.privateKey, dsaEncoding: 'ieee-p1363' } as const;
  return `${signed}.${signBytes('sha256', Buffer.from(signed), how).toString('base64url')}`;
}

test('a token without one of its claims is none, however well it is signed', async () => {
  const { access, refresh } = sign();
  const any = { anyAudience: true };
  for (const kind of ['access', 'refresh'] as const) {
    const token = kind === 'access' ? access : refresh;
    expect(await verifier.verify(signedAnew(token, {}), kind, nowMs, any)).not.toBeNull();
    for (const claim of ['sub', 'aud', 'jti', 'grant_id', 'scope', 'exp', 'iss']) {
      const without = signedAnew(token, { [claim]: undefined });
      expect([kind, claim, await verifier.verify(without, kind, nowMs, any)]).toEqual([kind, claim, null]);
    }
    expect(await verifier.verify(signedAnew(token, { sub: 7 }), kind, nowMs, any)).toBeNull();
  }
  for (const seq of [undefined, 0, -1, 1.5, '1'])
    expect(await verifier.verify(signedAnew(refresh, { seq }), 'refresh', nowMs)).toBeNull();
});

test('a token of another type is none of this kind, whatever else it says', async () => {
  const { access, refresh } = sign();
  const any = { anyAudience: true };
  expect(await verifier.verify(refresh, 'access', nowMs, any)).toBeNull();
  expect(await verifier.verify(access, 'refresh', nowMs, any)).toBeNull();
  for (const header of [{ typ: 'JWT' }, { typ: undefined }, { kid: undefined }, { kid: 7 }, { alg: 'none' }])
    expect(await verifier.verify(signedAnew(access, {}, header), 'access', nowMs)).toBeNull();
});

test('a token that is longer than any of ours is not looked at', async () => {
  const { access } = sign();
  const ofLength = (length: number) => signedAnew(access, { scope: 'x'.repeat(length) });
  const longest = Array.from({ length: 20 }, (_, more) => ofLength(2_650 + more)).filter(
    (token) => token.length <= 4_096,
  );
  expect(await verifier.verify(longest.at(-1) ?? '', 'access', nowMs)).not.toBeNull();
  expect(await verifier.verify(ofLength(2_800), 'access', nowMs)).toBeNull();
});
