import { randomFillSync } from 'node:crypto';

const pool = Buffer.alloc(4096);
let used = pool.length;

/**
 * Cryptographically strong random bytes, as from `randomBytes`, but drawn from the system in large pieces: small pieces
 * cost twenty times as much. Returned bytes are wiped from the pool. At most 4096 at once.
 */
export function freshRandomBytes(count: number): Buffer {
  if (count > pool.length) throw new RangeError(`At most ${pool.length} random bytes at once.`);
  if (used + count > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = Buffer.allocUnsafe(count);
  pool.copy(bytes, 0, used, used + count);
  pool.fill(0, used, used + count);
  used += count;
  return bytes;
}
