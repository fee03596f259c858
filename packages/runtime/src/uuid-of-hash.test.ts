import { uuidOfHash } from './uuid-of-hash.ts';

test.each([
  ['00'.repeat(32), '00000000-0000-8000-8000-000000000000'],
  ['ff'.repeat(32), 'ffffffff-ffff-8fff-bfff-ffffffffffff'],
  ['0123456789abcdef0123456789abcdef'.repeat(2), '01234567-89ab-8def-8123-456789abcdef'],
  ['0123456789abcdef6123456789abcdef'.repeat(2), '01234567-89ab-8def-a123-456789abcdef'],
])('the hash %s is the UUID %s, of version 8 and the variant of RFC 9562', (hash, uuid) => {
  expect(uuidOfHash(Buffer.from(hash, 'hex'))).toBe(uuid);
});
