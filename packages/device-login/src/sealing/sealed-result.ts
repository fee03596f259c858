import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import type { LoginId } from '../codes/login-id.ts';

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** Encrypts a login's result to the holder of its device_code. Returns base64url of nonce, ciphertext and tag. */
export function sealResult(resultJson: string, loginId: LoginId, resultKey: KeyObject): string {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, resultKey, nonce, { authTagLength: tagBytes });
  sealing.setAAD(Buffer.from(loginId));
  return Buffer.concat([
    nonce,
    sealing.update(resultJson, 'utf8'),
    sealing.final(),
    sealing.getAuthTag(),
  ]).toString('base64url');
}

/** Opens a sealed result. Throws when it was altered, or sealed to another login or key. */
export function openResult(sealed: string, loginId: LoginId, resultKey: KeyObject): string {
  const bytes = Buffer.from(sealed, 'base64url');
  const opening = createDecipheriv(cipher, resultKey, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  opening.setAAD(Buffer.from(loginId)).setAuthTag(bytes.subarray(bytes.length - tagBytes));
  return (
    opening.update(bytes.subarray(nonceBytes, bytes.length - tagBytes), undefined, 'utf8') +
    opening.final('utf8')
  );
}
