import { createHash, randomBytes } from 'node:crypto';
import type { ApiKeyRecord } from '../api-keys/api-key-record.ts';

/**
 * The id of a mint request, `tag.rest`: it names the request in Redis, in jobs and in wake-ups. The tag is the id of the grant
 * that is refreshed, so that both lie in one Cluster slot.
 */
export type MintId = string & { readonly __brand: 'MintId' };

/** A key that is asked for: id and prefix follow from the key, once it is made. */
export type UnmintedKey = Omit<ApiKeyRecord, 'id' | 'prefix'>;

/** The credential that is asked for. */
export type MintRequest =
  | {
      readonly kind: 'refresh';
      readonly jti: string;
      readonly seq: number;
      readonly keyThumbprint: string;
      /** Of the access token, where it is to be narrower than that of the grant. */
      readonly accessScope?: string;
    }
  | { readonly kind: 'key'; readonly record: UnmintedKey };

/** A pending request, as the issuer reads it. */
export interface PendingMint {
  readonly wrappedKey: string;
  readonly secretHash: string;
  readonly request: MintRequest;
  /** When a refresh was asked for, by the clock of Redis; 0 where that is not noted. */
  readonly askedAtMs: number;
}

/** The same id for the same refresh token, so that two presentations of it in flight are one request. */
export function refreshMintId(grantId: string, secretHash: string): MintId {
  return `${grantId}.${secretHash.slice(0, 22)}` as MintId;
}

/** An id for a request that nothing else joins. */
export function newMintId(): MintId {
  return `${randomBytes(16).toString('base64url')}.0` as MintId;
}

/** Whether a wake-up's id is that of a mint request: the id of a login has no dot. */
export function isMintId(id: string): boolean {
  return id.includes('.');
}

/** The SHA-256 of the secret that opens the result, base64url. */
export function hashMintSecret(secret: Uint8Array): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** The grant that a refresh moves on. */
export function grantOfMint(mintId: MintId): string {
  return mintId.slice(0, mintId.indexOf('.'));
}
