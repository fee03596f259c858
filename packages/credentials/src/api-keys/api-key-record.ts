import { recordFields } from '../records.ts';
import type { ApiKeyKind } from './api-key.ts';

/** What is known of an API key; never the key itself. Times in milliseconds since the epoch. */
export interface ApiKeyRecord {
  /** Names the key in lists, logs and calls; a UUID. */
  readonly id: string;
  readonly kind: ApiKeyKind;
  readonly userId: number;
  /** Empty for a management key. */
  readonly identityUuid: string;
  readonly label: string;
  /** The first characters of the key, by which people recognise it. */
  readonly prefix: string;
  readonly createdAtMs: number;
  /** Null for a key without end. */
  readonly expiresAtMs: number | null;
  /** The grant from whose login it came; empty for a key that was made by a call. */
  readonly grantId: string;
}

/** A key as it stands in Redis. */
export interface StoredApiKey extends ApiKeyRecord {
  readonly hash: string;
  readonly lastUsedAtMs: number | null;
}

/** The hash fields of a record. */
export function apiKeyFields(record: ApiKeyRecord): readonly string[] {
  return recordFields({
    id: record.id,
    kind: record.kind,
    user_id: String(record.userId),
    identity_uuid: record.identityUuid,
    label: record.label,
    prefix: record.prefix,
    created_at: String(record.createdAtMs),
    expires_at: String(record.expiresAtMs ?? ''),
    grant_id: record.grantId,
  });
}

/** Reads the hash fields; null when the key is gone, revoked or expired. */
export function readApiKey(
  hash: string,
  fields: Readonly<Record<string, string>>,
  nowMs: number,
): StoredApiKey | null {
  const { state, kind, expires_at: expiresAt = '' } = fields;
  if (state !== 'active' || (kind !== 'management' && kind !== 'identity')) return null;
  if (expiresAt !== '' && nowMs >= Number(expiresAt)) return null;
  return {
    hash,
    id: fields['id'] ?? '',
    kind,
    userId: Number(fields['user_id']),
    identityUuid: fields['identity_uuid'] ?? '',
    label: fields['label'] ?? '',
    prefix: fields['prefix'] ?? '',
    createdAtMs: Number(fields['created_at']),
    expiresAtMs: expiresAt === '' ? null : Number(expiresAt),
    grantId: fields['grant_id'] ?? '',
    lastUsedAtMs: fields['last_used_at'] === undefined ? null : Number(fields['last_used_at']),
  };
}
