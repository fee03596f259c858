import { generateKeyPairSync, sign } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { plainSignature, signJwt } from './sign-jwt.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

test('a library verifies the token, and reads header and claims as they were given', () => {
  const header = { alg: 'ES256', typ: 'at+jwt', kid: 'the-key' };
  const claims = { sub: '42', name: 'Zoë “Z” 漢', aud: ['a', 'b'], iat: 1_800_000_000 };
  const token = signJwt(header, claims, privateKey);
  expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]{86}$/);
  const verified = jwt.verify(token, publicKey, { algorithms: ['ES256'], complete: true });
  expect(verified).toMatchObject({ header, payload: claims });
});

test('numbers that are longer or shorter than usual get their full length', () => {
  const integer = (bytes: readonly number[]) => [2, bytes.length, ...bytes];
  const der = (r: readonly number[], s: readonly number[]) =>
    Buffer.from([0x30, r.length + s.length + 4, ...integer(r), ...integer(s)]);
  const full = Array.from({ length: 32 }, (_, index) => 0x80 + index);
  const short = full.slice(2).map((byte) => byte - 0x80 + 1);

  expect([...plainSignature(der([0, ...full], short))]).toEqual([...full, 0, 0, ...short]);
  expect([...plainSignature(der([1], [0, ...full]))]).toEqual([...Array(31).fill(0), 1, ...full]);
});

test('every signature of OpenSSL is one that a library verifies', () => {
  for (let turn = 0; turn < 300; turn++) {
    const signature = sign('sha256', Buffer.from(`turn ${turn}`), privateKey);
    expect(plainSignature(signature)).toHaveLength(64);
    expect(() => jwt.verify(signJwt({ alg: 'ES256' }, { turn }, privateKey), publicKey)).not.toThrow();
  }
});
