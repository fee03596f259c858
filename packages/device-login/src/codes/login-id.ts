import { createHmac } from 'node:crypto';
import type { ServiceKeyGenerations, ServiceKeys } from '@ravi/runtime';
import { keyGenerations } from '@ravi/runtime';
import type { FoldedUserCode } from './user-code.ts';

/** Bytes of the HMAC that are kept. */
export const loginIdBytes = 16;

/**
 * A login's id: a keyed hash of its user_code, in base64url. It names the login in Redis, in jobs, in wake-ups and in
 * logs, and reveals nothing about the codes without `SECRET`.
 */
export type LoginId = string & { readonly __brand: 'LoginId' };

/** The id under which a new login with this user_code is stored. */
export function loginIdOf(userCode: FoldedUserCode, keys: ServiceKeys): LoginId {
  const mac = createHmac('sha256', keys['user-code']).update(userCode).digest();
  return mac.toString('base64url', 0, loginIdBytes) as LoginId;
}

/** An id under which a login may be stored, and the keys of its generation. */
export interface LoginCandidate {
  readonly loginId: LoginId;
  readonly keys: ServiceKeys;
}

/** The ids under which a login with this user_code may be stored, one per generation of `SECRET`, the newest first. */
export function loginCandidates(
  userCode: FoldedUserCode,
  keys: ServiceKeyGenerations,
): readonly LoginCandidate[] {
  return keyGenerations(keys).map((generation) => ({
    loginId: loginIdOf(userCode, generation),
    keys: generation,
  }));
}
