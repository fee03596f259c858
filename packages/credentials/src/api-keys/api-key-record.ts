import { requireKnownFormat, writtenFormat } from '@ravi/runtime';
import { recordFields } from '../records.ts';
import type { ApiKeyKind } from './api-key.ts';

/** How many keys may descend from each other: from that of the login, or the first that its token made, to the last. */
export const maxKeyGenerations = 4;

/** What is known of an API key; never the key itself. Times in milliseconds since the epoch. */
export interface ApiKeyRecord {
  /** Names the key in lists, logs and calls; a UUID that follows from its hash. */
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
  /** The grant that it belongs to: that of its login, or of the credential that made it. */
  readonly grantId: string;
  /** The keys from which it descends, the nearest first: when one of them ends, it ends. */
  readonly ancestorIds: readonly string[];
}

/** A key as it stands in Redis. */
export interface StoredApiKey extends ApiKeyRecord {
  readonly hash: string;
  readonly lastUsedAtMs: number | null;
}

/** The record as Redis keeps it: name, value, name, value. */
export function apiKeyFields(hash: string, record: ApiKeyRecord): readonly string[] {
  return recordFields({
    v: String(writtenFormat),
    hash,
    kind: record.kind,
    user_id: String(record.userId),
    identity_uuid: record.identityUuid,
    label: record.label,
    prefix: record.prefix,
    created_at: String(record.createdAtMs),
    expires_at: String(record.expiresAtMs ?? ''),
    grant_id: record.grantId,
    ancestor_ids: record.ancestorIds.join(' '),
  });
}

/** The fields of a key in the order in which `readApiKey` takes them. */
export const storedApiKeyFields = [
  'state',
  'hash',
  'kind',
  'user_id',
  'identity_uuid',
  'label',
  'prefix',
  'created_at',
  'expires_at',
  'grant_id',
  'ancestor_ids',
  'last_used_at',
  'v',
] as const;

/** Reads these fields; null when the key itself is gone, revoked or expired. Throws `NewerFormat`. */
export function readApiKey(
  id: string,
  values: readonly (string | null)[],
  nowMs: number,
): StoredApiKey | null {
  const field = (name: (typeof storedApiKeyFields)[number]) => values[storedApiKeyFields.indexOf(name)] ?? '';
  requireKnownFormat('An API key', values[storedApiKeyFields.indexOf('v')]);
  const kind = field('kind');
  const expiresAt = field('expires_at');
  if (field('state') !== 'active' || (kind !== 'management' && kind !== 'identity')) return null;
  if (expiresAt !== '' && nowMs >= Number(expiresAt)) return null;
  return {
    id,
    hash: field('hash'),
    kind,
    userId: Number(field('user_id')),
    identityUuid: field('identity_uuid'),
    label: field('label'),
    prefix: field('prefix'),
    createdAtMs: Number(field('created_at')),
    expiresAtMs: expiresAt === '' ? null : Number(expiresAt),
    grantId: field('grant_id'),
    ancestorIds: field('ancestor_ids').split(' ').filter(Boolean),
    lastUsedAtMs: field('last_used_at') === '' ? null : Number(field('last_used_at')),
  };
}
