import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { ServiceKeyGenerations, ServiceKeys } from '@ravi/runtime';
import { keyGenerations } from '@ravi/runtime';

const cipher = 'aes-256-gcm';
const tagBytes = 16;

/**
 * The key of a result: only the holder of the secret that asked for it, such as a device_code, can derive it.
 * (HKDF, RFC 5869)
 */
export function deriveResultKey(secret: Uint8Array): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'ravi/v1/result', 32)));
}

/**
 * Encrypts the result key of `id` (a login's, a mint request's) for the issuer, under the service key. It lies in Redis
 * until the result is settled, no longer. `secretHash` is the SHA-256 of the secret, base64url. 64 characters, base64url.
 */
export function wrapResultKey(
  resultKey: KeyObject,
  id: string,
  secretHash: string,
  keys: ServiceKeys,
): string {
  const wrapping = createCipheriv(cipher, keys['result-key-wrap'], nonceOf(secretHash), {
    authTagLength: tagBytes,
  });
  wrapping.setAAD(Buffer.from(id));
  return Buffer.concat([
    wrapping.update(resultKey.export()),
    wrapping.final(),
    wrapping.getAuthTag(),
  ]).toString('base64url');
}

/** Opens a wrapped result key; null when no generation of `SECRET` can. */
export function unwrapResultKey(
  wrapped: string,
  id: string,
  secretHash: string,
  keys: ServiceKeyGenerations,
): KeyObject | null {
  const bytes = Buffer.from(wrapped, 'base64url');
  if (bytes.length !== 32 + tagBytes) return null;
  for (const generation of keyGenerations(keys)) {
    try {
      const unwrapping = createDecipheriv(cipher, generation['result-key-wrap'], nonceOf(secretHash), {
        authTagLength: tagBytes,
      });
      unwrapping.setAAD(Buffer.from(id)).setAuthTag(bytes.subarray(32));
      return createSecretKey(Buffer.concat([unwrapping.update(bytes.subarray(0, 32)), unwrapping.final()]));
    } catch {
      // Not this generation: try the one before it.
    }
  }
  return null;
}

/** 96 bits of the secret's hash: as unique as the secret, so one service key never meets a nonce with two texts. */
function nonceOf(secretHash: string): Buffer {
  return Buffer.from(secretHash, 'base64url').subarray(0, 12);
}
