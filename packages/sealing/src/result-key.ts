import { createCipheriv, createDecipheriv, hash } from 'node:crypto';
import type { ServiceKeyGenerations, ServiceKeys } from '@ravi/runtime';
import { keyGenerations } from '@ravi/runtime';

const cipher = 'aes-256-gcm';
const keyBytes = 32;
const tagBytes = 16;

/** The key of one result: 256 bits. Never log it. */
export type ResultKey = Buffer & { readonly __brand: 'ResultKey' };

/** Counter and purpose around the secret, as the one-step derivation requires. */
const counter = Buffer.from([0, 0, 0, 1]);
const purpose = Buffer.from('ravi/v1/result');

/**
 * The key of a result: only the holder of the request's secret, such as a device_code, can derive it. One hash instead of
 * HKDF, which costs ten times as much, is enough: the secret has more than 120 random bits. (NIST SP 800-56C rev. 2 §4.1, option 1)
 */
export function deriveResultKey(secret: Uint8Array): ResultKey {
  return hash('sha256', Buffer.concat([counter, secret, purpose]), 'buffer') as ResultKey;
}

/**
 * Encrypts the result key of `id` (a login's, a mint request's) for the issuer, under the service key. Redis holds it
 * only until the result is settled. `secretHash` is the SHA-256 of the secret, base64url. 64 characters, base64url.
 */
export function wrapResultKey(
  resultKey: ResultKey,
  id: string,
  secretHash: string,
  keys: ServiceKeys,
): string {
  const wrapping = createCipheriv(cipher, keys['result-key-wrap'], nonceOf(secretHash), {
    authTagLength: tagBytes,
  });
  wrapping.setAAD(Buffer.from(id));
  return Buffer.concat([wrapping.update(resultKey), wrapping.final(), wrapping.getAuthTag()]).toString(
    'base64url',
  );
}

/** Opens a wrapped result key; null when no generation of `SECRET` can. */
export function unwrapResultKey(
  wrapped: string,
  id: string,
  secretHash: string,
  keys: ServiceKeyGenerations,
): ResultKey | null {
  const bytes = Buffer.from(wrapped, 'base64url');
  for (const generation of keyGenerations(keys)) {
    try {
      const unwrapping = createDecipheriv(cipher, generation['result-key-wrap'], nonceOf(secretHash), {
        authTagLength: tagBytes,
      });
      unwrapping.setAAD(Buffer.from(id)).setAuthTag(bytes.subarray(keyBytes));
      return Buffer.concat([unwrapping.update(bytes.subarray(0, keyBytes)), unwrapping.final()]) as ResultKey;
    } catch {
      // Not this generation, or another length: try the previous one.
    }
  }
  return null;
}

/** 96 bits of the secret's hash: as unique as the secret, so one service key never meets a nonce with two texts. */
function nonceOf(secretHash: string): Buffer {
  return Buffer.from(secretHash, 'base64url').subarray(0, 12);
}
