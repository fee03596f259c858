import { createHash } from 'node:crypto';
import { DpopKey } from './dpop-key.ts';

const server = 'https://login.example.com';
const noncing = (nonce: string) => new Headers({ 'dpop-nonce': nonce });

/** What a proof says, if its signature is right. */
async function readProof(proof: string) {
  const [header = '', claims = '', signature = ''] = proof.split('.');
  const parts = [header, claims].map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
  const [{ jwk }] = parts;
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['verify']);
  const [signed, bytes] = [Buffer.from(`${header}.${claims}`), Buffer.from(signature, 'base64url')];
  expect(await crypto.subtle.verify(algorithm, key, bytes, signed)).toBe(true);
  return { header: parts[0], claims: parts[1] };
}

test('a proof is one request’s, signed by the key of which it names the public half', async () => {
  const key = await DpopKey.generate();
  const earliest = Math.floor(Date.now() / 1_000);
  const { header, claims } = await readProof(await key.proof('POST', `${server}/token?a=b#c`));
  const latest = Date.now() / 1_000;
  const { kty, crv, x, y } = key.jwk;
  expect(header).toEqual({ typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } });
  expect(claims).toEqual({
    jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    htm: 'POST',
    htu: `${server}/token`,
    iat: expect.any(Number),
  });
  expect(claims.iat).toBeGreaterThanOrEqual(earliest);
  expect(claims.iat).toBeLessThanOrEqual(latest);
  expect((await readProof(await key.proof('POST', server))).claims.jti).not.toBe(claims.jti);
});

test('a proof for an API names the access token by its digest', async () => {
  const key = await DpopKey.generate();
  const { claims } = await readProof(await key.proof('GET', server, 'an-access-token'));
  expect(claims.ath).toBe(createHash('sha256').update('an-access-token').digest('base64url'));
});

test('a key that was kept is the same', async () => {
  const key = await DpopKey.generate();
  const again = await DpopKey.fromJwk(key.jwk);
  expect(again.jwk).toEqual(key.jwk);
  const [first, second] = await Promise.all([key.proof('GET', server), again.proof('GET', server)]);
  expect((await readProof(first)).header).toEqual((await readProof(second)).header);
});

test('the newest nonce of a server is in the proofs for that server', async () => {
  const key = await DpopKey.generate();
  const nonceFor = async (address: string) => (await readProof(await key.proof('GET', address))).claims.nonce;
  for (const nonce of ['first', 'second']) {
    key.noteNonce(`${server}/token`, noncing(nonce), null);
    expect(await nonceFor(`${server}/api`)).toBe(nonce);
  }
  key.noteNonce(`${server}/api`, new Headers(), null);
  expect(await nonceFor(`${server}/api`)).toBe('second');
  expect(await nonceFor('https://api.example.com/')).toBeUndefined();
});

test('another try is worth it where a proof was refused for want of a nonce, and another one came, whoever noted that first', async () => {
  const key = await DpopKey.generate();
  const without = { nonce: key.nonceFor(server) };
  expect(key.noteNonce(server, new Headers(), without)).toBe(false);
  expect((await readProof(await key.proof('GET', server))).claims.nonce).toBeUndefined();
  // Two proofs without a nonce, refused at the same time.
  expect(key.noteNonce(server, noncing('first'), without)).toBe(true);
  expect(key.noteNonce(server, noncing('first'), without)).toBe(true);
  const first = { nonce: key.nonceFor(server) };
  expect(key.noteNonce(server, noncing('first'), first)).toBe(false);
  expect(key.noteNonce(server, noncing('second'), null)).toBe(false);
  expect(key.noteNonce(server, noncing('third'), first)).toBe(true);
});
