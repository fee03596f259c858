import { createHmac } from 'node:crypto';
import type { ServiceKeys } from '@ravi/runtime';
import type { LoginId } from './login-id.ts';

/** The numbers of two digits that do not start with 0. */
const first = 10;
const count = 90;

/** The number that the program shows, and the three among which the human finds it, in ascending order. */
export interface Verification {
  readonly right: string;
  readonly choice: readonly string[];
}

/**
 * The numbers of a login for number matching. They are derived from its id and a service key: nothing is stored, a reload shows
 * the same three, and the user_code alone does not reveal which one is right. (RFC 10027)
 */
export function verificationOf(loginId: LoginId, keys: ServiceKeys): Verification {
  const mac = createHmac('sha256', keys.verification).update(loginId).digest();
  const left = Array.from({ length: count }, (_, index) => String(first + index));
  const drawn = [0, 4, 8].map((at) => left.splice(mac.readUInt32BE(at) % left.length, 1)[0] ?? '');
  return { right: drawn[0] ?? '', choice: drawn.toSorted() };
}
