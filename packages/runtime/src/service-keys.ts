import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { Secret } from './secret.ts';

/** The purposes of derived keys: one each, so that no value made for one purpose is accepted for another. */
export type ServiceKeyPurpose =
  | 'device-code'
  | 'user-code'
  | 'result-key-wrap'
  | 'csrf-token'
  | 'sign-in-attempt'
  | 'address'
  | 'known-browser'
  | 'verification'
  | 'dpop-nonce';

/** The keys of one generation of `SECRET`. KeyObjects: an HMAC with one is 10 times faster than with a Buffer. */
export type ServiceKeys = Readonly<Record<ServiceKeyPurpose, KeyObject>>;

/**
 * The keys in use. New values are made with `current`; values from before a rotation of `SECRET` are still
 * accepted with `previous`.
 */
export interface ServiceKeyGenerations {
  readonly current: ServiceKeys;
  readonly previous?: ServiceKeys;
}

/** Derives the key generations from `SECRET` and, while rotating, `SECRET_PREVIOUS`. (HKDF, RFC 5869) */
export function deriveServiceKeys(secret: Secret, previous?: Secret): ServiceKeyGenerations {
  return previous
    ? { current: deriveGeneration(secret), previous: deriveGeneration(previous) }
    : { current: deriveGeneration(secret) };
}

/** The generations to try, newest first. */
export function keyGenerations(keys: ServiceKeyGenerations): readonly ServiceKeys[] {
  return keys.previous ? [keys.current, keys.previous] : [keys.current];
}

function deriveGeneration(secret: Secret): ServiceKeys {
  const derive = (purpose: ServiceKeyPurpose) =>
    createSecretKey(Buffer.from(hkdfSync('sha256', secret.reveal(), '', `ravi/v1/${purpose}`, 32)));
  return {
    'device-code': derive('device-code'),
    'user-code': derive('user-code'),
    'result-key-wrap': derive('result-key-wrap'),
    'csrf-token': derive('csrf-token'),
    'sign-in-attempt': derive('sign-in-attempt'),
    address: derive('address'),
    'known-browser': derive('known-browser'),
    verification: derive('verification'),
    'dpop-nonce': derive('dpop-nonce'),
  };
}
