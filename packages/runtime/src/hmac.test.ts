import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { hmacSha256 } from './hmac.ts';

const keys = [16, 32, 64].map((bytes) => createSecretKey(randomBytes(bytes)));

test('the same as Node’s HMAC, for bytes and texts of any length in any order', () => {
  const lengths = [0, 1, 45, 300, 8, 63, 64, 65, 4_000, 45];
  for (const key of keys) {
    for (const length of lengths) {
      for (const message of [randomBytes(length), 'ü'.repeat(length)]) {
        expect(hmacSha256(key, message)).toEqual(createHmac('sha256', key).update(message).digest());
      }
    }
  }
});

test('a result stays as it is when the next one is made', () => {
  const [key] = keys;
  if (!key) throw new Error('No key.');
  const first = hmacSha256(key, 'one');
  hmacSha256(key, 'another');
  expect(first).toEqual(createHmac('sha256', key).update('one').digest());
});

test('a key that is longer than a block is refused', () => {
  expect(() => hmacSha256(createSecretKey(randomBytes(65)), 'any')).toThrow('out of bounds');
});
