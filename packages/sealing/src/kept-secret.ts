import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { keyGenerations, requireKnownFormat, type ServiceKeyGenerations, writtenFormat } from '@ravi/runtime';

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** A secret that was opened. `isCurrent` is false if another generation of `SECRET` sealed it: then it must be sealed anew. */
export interface OpenedSecret {
  readonly secret: string;
  readonly isCurrent: boolean;
}

/**
 * Encrypts a secret that is kept for years, under `SECRET`, for its owner alone: `format.sealed`, where sealed is base64url of nonce,
 * ciphertext and tag.
 */
export function sealKeptSecret(secret: string, owner: string, keys: ServiceKeyGenerations): string {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, keys.current['kept-secret'], nonce, { authTagLength: tagBytes });
  sealing.setAAD(Buffer.from(owner));
  const sealed = Buffer.concat([
    nonce,
    sealing.update(secret, 'utf8'),
    sealing.final(),
    sealing.getAuthTag(),
  ]).toString('base64url');
  return `${writtenFormat}.${sealed}`;
}

/**
 * Opens a kept secret with any generation of `SECRET`; null where none fits: it was altered, belongs to another owner, or was sealed
 * under a `SECRET` that is gone. Throws `NewerFormat`.
 */
export function openKeptSecret(
  sealed: string,
  owner: string,
  keys: ServiceKeyGenerations,
): OpenedSecret | null {
  const dot = sealed.indexOf('.');
  requireKnownFormat('A kept secret', sealed.slice(0, dot));
  const bytes = Buffer.from(sealed.slice(dot + 1), 'base64url');
  for (const generation of keyGenerations(keys)) {
    try {
      const opening = createDecipheriv(cipher, generation['kept-secret'], bytes.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      });
      opening.setAAD(Buffer.from(owner)).setAuthTag(bytes.subarray(bytes.length - tagBytes));
      const ciphertext = bytes.subarray(nonceBytes, bytes.length - tagBytes);
      const secret = opening.update(ciphertext, undefined, 'utf8') + opening.final('utf8');
      return { secret, isCurrent: generation === keys.current };
    } catch {
      // Not this generation, or cut off: try the next one.
    }
  }
  return null;
}
