import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { ServiceKeyGenerations, ServiceKeys } from '@ravi/runtime';
import { keyGenerations } from '@ravi/runtime';
import type { LoginId } from '../codes/login-id.ts';
import type { DeviceCode } from '../codes/device-code.ts';

const cipher = 'aes-256-gcm';
const tagBytes = 16;

/** The key of one login's result: only the holder of the device_code can derive it. (HKDF, RFC 5869) */
export function deriveResultKey(deviceCode: DeviceCode): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', deviceCode.bytes, '', 'ravi/v1/result', 32)));
}

/**
 * Encrypts the result key for the issuer, under the service key. It lies in Redis from start to settlement, no longer.
 * 64 characters, base64url.
 */
export function wrapResultKey(resultKey: KeyObject, deviceCode: DeviceCode, keys: ServiceKeys): string {
  const wrapping = createCipheriv(cipher, keys['result-key-wrap'], nonceOf(deviceCode.hash), {
    authTagLength: tagBytes,
  });
  wrapping.setAAD(Buffer.from(deviceCode.loginId));
  return Buffer.concat([
    wrapping.update(resultKey.export()),
    wrapping.final(),
    wrapping.getAuthTag(),
  ]).toString('base64url');
}

/** Opens a wrapped result key; null when no generation of `SECRET` can. */
export function unwrapResultKey(
  wrapped: string,
  loginId: LoginId,
  deviceCodeHash: string,
  keys: ServiceKeyGenerations,
): KeyObject | null {
  const bytes = Buffer.from(wrapped, 'base64url');
  if (bytes.length !== 32 + tagBytes) return null;
  for (const generation of keyGenerations(keys)) {
    try {
      const unwrapping = createDecipheriv(cipher, generation['result-key-wrap'], nonceOf(deviceCodeHash), {
        authTagLength: tagBytes,
      });
      unwrapping.setAAD(Buffer.from(loginId)).setAuthTag(bytes.subarray(32));
      return createSecretKey(Buffer.concat([unwrapping.update(bytes.subarray(0, 32)), unwrapping.final()]));
    } catch {
      // Not this generation: try the one before it.
    }
  }
  return null;
}

/** 96 bits of the code's hash: as unique as the code, so one service key never meets a nonce twice. */
function nonceOf(deviceCodeHash: string): Buffer {
  return Buffer.from(deviceCodeHash, 'base64url').subarray(0, 12);
}
