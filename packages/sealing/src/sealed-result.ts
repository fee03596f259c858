import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';
import { freshRandomBytes, requireKnownFormat, writtenFormat } from '@ravi/runtime';
import type { ResultKey } from './result-key.ts';

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Encrypts the result of `id` to the holder of the secret behind the key. Returns `format.sealed`: the format of the result and of its
 * sealing, then base64url of nonce, ciphertext and tag.
 */
export function sealResult(result: string, id: string, resultKey: ResultKey): string {
  const nonce = freshRandomBytes(nonceBytes);
  // A Buffer would cost 10 µs more: Node throws two errors internally to find that it is no KeyObject.
  const key = createSecretKey(resultKey);
  const sealing = createCipheriv(cipher, key, nonce, { authTagLength: tagBytes });
  sealing.setAAD(Buffer.from(id));
  const sealed = Buffer.concat([
    nonce,
    sealing.update(result, 'utf8'),
    sealing.final(),
    sealing.getAuthTag(),
  ]).toString('base64url');
  return `${writtenFormat}.${sealed}`;
}

/** Opens a sealed result. Throws if it was altered, or sealed to another id or key; `NewerFormat` for one of a newer release. */
export function openResult(sealed: string, id: string, resultKey: ResultKey): string {
  const dot = sealed.indexOf('.');
  requireKnownFormat('A sealed result', sealed.slice(0, dot));
  const bytes = Buffer.from(sealed.slice(dot + 1), 'base64url');
  const opening = createDecipheriv(cipher, createSecretKey(resultKey), bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  opening.setAAD(Buffer.from(id)).setAuthTag(bytes.subarray(bytes.length - tagBytes));
  return (
    opening.update(bytes.subarray(nonceBytes, bytes.length - tagBytes), undefined, 'utf8') +
    opening.final('utf8')
  );
}
