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
  | 'dpop-nonce'
  | 'kept-secret'
  | 'second-step'
  | 'passkey-challenge'
  | 'shown-form'
  | 'recovery-codes'
  | 'fingerprint';

/** The keys of one generation of `SECRET`. KeyObjects: an HMAC with one is 10 times faster than with a Buffer. */
export type ServiceKeys = Readonly<Record<ServiceKeyPurpose, KeyObject>>;

/**
 * The keys in use. New values are made with `current`. While `SECRET` is rotated, values from before are still accepted with
 * `previous`, and those of processes that are a step ahead with `next`.
 */
export interface ServiceKeyGenerations {
  readonly current: ServiceKeys;
  readonly previous?: ServiceKeys | undefined;
  readonly next?: ServiceKeys | undefined;
}

/** Derives the key generations from `SECRET` and, while rotating, `SECRET_PREVIOUS` or `SECRET_NEXT`. (HKDF, RFC 5869) */
export function deriveServiceKeys(secret: Secret, previous?: Secret, next?: Secret): ServiceKeyGenerations {
  return {
    current: deriveGeneration(secret),
    previous: previous && deriveGeneration(previous),
    next: next && deriveGeneration(next),
  };
}

/** The generations to try: the one in use first. */
export function keyGenerations(keys: ServiceKeyGenerations): readonly ServiceKeys[] {
  return [keys.current, keys.previous, keys.next].filter((generation) => generation !== undefined);
}

/** Tells generations of `SECRET` apart and reveals nothing about them: that in use, then the others. */
export function secretFingerprints(keys: ServiceKeyGenerations): readonly [string, ...string[]] {
  const [, ...others] = keyGenerations(keys);
  return [fingerprintOf(keys.current), ...others.map(fingerprintOf)];
}

function fingerprintOf({ fingerprint }: ServiceKeys): string {
  return fingerprint.export().toString('base64url').slice(0, 16);
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
    'kept-secret': derive('kept-secret'),
    'second-step': derive('second-step'),
    'passkey-challenge': derive('passkey-challenge'),
    'shown-form': derive('shown-form'),
    'recovery-codes': derive('recovery-codes'),
    fingerprint: derive('fingerprint'),
  };
}
