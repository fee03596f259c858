import { createHash, randomBytes } from 'node:crypto';
import { deriveServiceKeys, NewerFormat, Secret } from '@ravi/runtime';
import { deriveResultKey, unwrapResultKey, wrapResultKey } from './result-key.ts';
import { openResult, sealResult } from './sealed-result.ts';

const keys = deriveServiceKeys(new Secret('a secret of the service, long enough'));
const secret = randomBytes(61);
const other = deriveResultKey(randomBytes(61));
const id = 'ixRJ9W1o2Jk';
const hash = createHash('sha256').update(secret).digest('base64url');
const wrapped = wrapResultKey(deriveResultKey(secret), id, hash, keys.current);
const refusal = /authenticate|auth|Invalid|nonce/i;

test('what the issuer seals with the unwrapped key, the holder of the secret opens', () => {
  const issuerKey = unwrapResultKey(wrapped, id, hash, keys) ?? other;
  const sealed = sealResult('{"access":"ü"}', id, issuerKey);
  expect(openResult(sealed, id, deriveResultKey(secret))).toBe('{"access":"ü"}');
});

test('another secret opens nothing', () => {
  const sealed = sealResult('{}', id, deriveResultKey(secret));
  expect(() => openResult(sealed, id, other)).toThrow(refusal);
});

test('a result that was moved to another id, altered or cut off does not open', () => {
  const key = deriveResultKey(secret);
  const sealed = sealResult('{"a":1}', id, key);
  expect(() => openResult(sealed, 'another', key)).toThrow(refusal);
  expect(() => openResult(`A${sealed.slice(1)}B`, id, key)).toThrow(refusal);
  expect(() => openResult(sealed.slice(0, 20), id, key)).toThrow(refusal);
  expect(() => openResult('', id, key)).toThrow(refusal);
});

test('a result that a newer release sealed is left to it', () => {
  expect(() => openResult('2.AAAA', id, deriveResultKey(secret))).toThrow(NewerFormat);
});

test('a wrapped key opens only with the SECRET, for its own id', () => {
  const foreign = deriveServiceKeys(new Secret('the secret of another service, long'));
  expect(unwrapResultKey(wrapped, id, hash, foreign)).toBeNull();
  expect(unwrapResultKey(wrapped, 'another', hash, keys)).toBeNull();
  for (const cut of ['', wrapped.slice(0, 40), wrapped.slice(0, -1), `${wrapped}AAAA`])
    expect(unwrapResultKey(cut, id, hash, keys)).toBeNull();
});

test('a wrapped key still opens after SECRET was rotated', () => {
  const rotated = deriveServiceKeys(
    new Secret('a newer secret of the service, long'),
    new Secret('a secret of the service, long enough'),
  );
  expect(unwrapResultKey(wrapped, id, hash, rotated)?.equals(deriveResultKey(secret))).toBe(true);
});

test('a wrapped key fits the compact form of a pending login: 64 characters', () => {
  expect(wrapped).toHaveLength(64);
});

test('no two results that one key seals share a nonce, nor do two wrapped keys of different codes', () => {
  const key = deriveResultKey(secret);
  const nonces = Array.from({ length: 2_000 }, () =>
    Buffer.from(sealResult('{}', id, key).split('.')[1] ?? '', 'base64url').toString('hex', 0, 12),
  );
  expect(new Set(nonces).size).toBe(nonces.length);
  const codes = Array.from({ length: 200 }, (_, at) =>
    createHash('sha256').update(String(at)).digest('base64url'),
  );
  // With another nonce the same text encrypts to another one: what is compared, not quite 32 bytes, does not reach the tag.
  const texts = codes.map((code) => wrapResultKey(key, id, code, keys.current).slice(0, 42));
  expect(new Set(texts).size).toBe(texts.length);
});
