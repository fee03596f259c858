import { recordFields } from '../records.ts';

/** What a token may do: all that its account may, or act as one identity of it. */
export type GrantScope = 'account' | 'identity';

/**
 * What one redeemed login gave: the pair of tokens that follow each other, and who got them. Times in milliseconds since
 * the epoch.
 */
export interface Grant {
  readonly id: string;
  readonly userId: number;
  /** Who asked, as the program named itself: its own claim. */
  readonly clientId: string;
  readonly clientName: string;
  readonly address: string;
  readonly userAgent: string;
  readonly createdAtMs: number;
  /** The identity that was chosen; empty for none. */
  readonly identityUuid: string;
  readonly scope: GrantScope;
  /** The scope as the client asked for it, where it did. (RFC 6749 §3.3) */
  readonly requestedScope: string;
  /** SHA-256 thumbprint of the key to which the tokens are bound; empty for bearer tokens. (RFC 9449 §6) */
  readonly keyThumbprint: string;
  /** The `jti` of the one refresh token that is valid. */
  readonly refreshJti: string;
  /** The grant came with API keys, and stays when its tokens have run out. */
  readonly hasKeys: boolean;
  /** When the human restricted it, the end of the whole grant; null for none. */
  readonly expiresAtMs: number | null;
}

/** A grant as it stands in Redis. */
export interface StoredGrant extends Grant {
  readonly state: 'active' | 'ended';
  readonly endedReason: string;
  readonly refreshedAtMs: number | null;
  readonly lastUsedAtMs: number | null;
}

/** The hash fields of a grant. */
export function grantFields(grant: Grant): readonly string[] {
  return recordFields({
    user_id: String(grant.userId),
    client_id: grant.clientId,
    client_name: grant.clientName,
    address: grant.address,
    user_agent: grant.userAgent,
    created_at: String(grant.createdAtMs),
    identity_uuid: grant.identityUuid,
    scope: grant.scope,
    requested_scope: grant.requestedScope,
    key_thumbprint: grant.keyThumbprint,
    refresh_jti: grant.refreshJti,
    has_keys: grant.hasKeys ? '1' : '',
    expires_at: String(grant.expiresAtMs ?? ''),
  });
}

/** Reads the hash fields; null when there is no such grant. */
export function readGrant(id: string, fields: Readonly<Record<string, string>>): StoredGrant | null {
  const { state, refreshed_at: refreshedAt, last_used_at: lastUsedAt } = fields;
  if (state !== 'active' && state !== 'ended') return null;
  return {
    id,
    state,
    userId: Number(fields['user_id']),
    clientId: fields['client_id'] ?? '',
    clientName: fields['client_name'] ?? '',
    address: fields['address'] ?? '',
    userAgent: fields['user_agent'] ?? '',
    createdAtMs: Number(fields['created_at']),
    identityUuid: fields['identity_uuid'] ?? '',
    scope: fields['scope'] === 'identity' ? 'identity' : 'account',
    requestedScope: fields['requested_scope'] ?? '',
    keyThumbprint: fields['key_thumbprint'] ?? '',
    refreshJti: fields['refresh_jti'] ?? '',
    hasKeys: fields['has_keys'] === '1',
    expiresAtMs: fields['expires_at'] ? Number(fields['expires_at']) : null,
    endedReason: fields['ended_reason'] ?? '',
    refreshedAtMs: refreshedAt === undefined ? null : Number(refreshedAt),
    lastUsedAtMs: lastUsedAt === undefined ? null : Number(lastUsedAt),
  };
}
