import { requireKnownFormat, writtenFormat } from '@ravi/runtime';
import { recordFields } from '../records.ts';

/** What a token may do: all that its account may, or act as one identity of it. */
export type GrantScope = 'account' | 'identity';

/**
 * What one redeemed login gave: the pair of tokens that follow each other, API keys, and what these make; and who got it. When the
 * grant ends, all of that ends. Times in milliseconds since the epoch.
 */
export interface Grant {
  readonly id: string;
  readonly userId: number;
  /** The epoch of the account in which the human approved: the grant has ended once another one began. */
  readonly accountEpoch: string;
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
  /** The URI of the service that its access tokens are for; empty for our own API. (RFC 8707) */
  readonly resource: string;
  /** SHA-256 thumbprint of the key to which the tokens are bound; empty for bearer tokens. (RFC 9449 §6) */
  readonly keyThumbprint: string;
  /** The `jti` of the one refresh token that is valid. */
  readonly refreshJti: string;
  /** When that one expires. */
  readonly refreshExpiresAtMs: number;
  /** The API keys that came with the login. */
  readonly keyIds: readonly string[];
  /** When the human restricted it, the end of the whole grant; null for none. */
  readonly expiresAtMs: number | null;
}

/** A grant as it stands in Redis. */
export interface StoredGrant extends Grant {
  readonly state: 'active' | 'ended';
  readonly endedReason: string;
  /** One more than how often its refresh token was replaced. */
  readonly refreshSeq: number;
  readonly refreshedAtMs: number | null;
  readonly lastUsedAtMs: number | null;
}

/** How long the record of a grant without API keys outlives its last refresh token. */
const slackMs = 24 * 3600 * 1000;

/** Ends that lie closer together are not told apart: uses are noted to the minute. */
const toTheMinuteMs = 60_000;

/**
 * Milliseconds for which a grant stays in Redis if nothing of it is used from now on: until nothing of it can be valid any more, or
 * the operator calls it unused.
 */
export function grantTtlMs(
  grant: Pick<Grant, 'keyIds' | 'expiresAtMs' | 'refreshExpiresAtMs'>,
  nowMs: number,
  idleMs: number,
): number {
  const ends = [
    nowMs + idleMs,
    ...(grant.expiresAtMs === null ? [] : [grant.expiresAtMs]),
    ...(grant.keyIds.length > 0 ? [] : [grant.refreshExpiresAtMs + slackMs]),
  ];
  return Math.max(1, Math.floor(Math.min(...ends) - nowMs));
}

/**
 * Whether a grant that leaves Redis at this time does so because nothing of it is used, and not because the human, or the lifetime of
 * its refresh token, set an end.
 */
export function endsUnused(
  { keyIds, expiresAtMs, refreshExpiresAtMs }: Pick<Grant, 'keyIds' | 'expiresAtMs' | 'refreshExpiresAtMs'>,
  endsAtMs: number,
): boolean {
  const setAtMs = Math.min(
    expiresAtMs ?? Infinity,
    keyIds.length > 0 ? Infinity : refreshExpiresAtMs + slackMs,
  );
  return endsAtMs < setAtMs - toTheMinuteMs;
}

/** The grant as Redis keeps it: name, value, name, value. */
export function grantFields(grant: Grant): readonly string[] {
  return recordFields({
    v: String(writtenFormat),
    user_id: String(grant.userId),
    epoch: grant.accountEpoch,
    client_id: grant.clientId,
    client_name: grant.clientName,
    address: grant.address,
    user_agent: grant.userAgent,
    created_at: String(grant.createdAtMs),
    identity_uuid: grant.identityUuid,
    scope: grant.scope,
    requested_scope: grant.requestedScope,
    resource: grant.resource,
    key_thumbprint: grant.keyThumbprint,
    refresh_jti: grant.refreshJti,
    refresh_seq: '1',
    refresh_expires_at: String(grant.refreshExpiresAtMs),
    key_ids: grant.keyIds.join(' '),
    expires_at: String(grant.expiresAtMs ?? ''),
  });
}

/** The fields of a grant in the order in which `readGrant` takes them. */
export const storedGrantFields = [
  'state',
  'user_id',
  'epoch',
  'client_id',
  'client_name',
  'address',
  'user_agent',
  'created_at',
  'identity_uuid',
  'scope',
  'requested_scope',
  'resource',
  'key_thumbprint',
  'refresh_jti',
  'refresh_seq',
  'refresh_expires_at',
  'key_ids',
  'expires_at',
  'ended_reason',
  'refreshed_at',
  'last_used_at',
  'v',
] as const;

/** Reads these fields; null when there is no such grant. Throws `NewerFormat`. */
export function readGrant(id: string, values: readonly (string | null)[]): StoredGrant | null {
  const field = (name: (typeof storedGrantFields)[number]) => values[storedGrantFields.indexOf(name)] ?? '';
  const time = (name: 'expires_at' | 'refreshed_at' | 'last_used_at') =>
    field(name) === '' ? null : Number(field(name));
  const state = field('state');
  // First: a newer release may know more states.
  requireKnownFormat('A grant', values[storedGrantFields.indexOf('v')]);
  if (state !== 'active' && state !== 'ended') return null;
  return {
    id,
    state,
    userId: Number(field('user_id')),
    accountEpoch: field('epoch'),
    clientId: field('client_id'),
    clientName: field('client_name'),
    address: field('address'),
    userAgent: field('user_agent'),
    createdAtMs: Number(field('created_at')),
    identityUuid: field('identity_uuid'),
    scope: field('scope') === 'identity' ? 'identity' : 'account',
    requestedScope: field('requested_scope'),
    resource: field('resource'),
    keyThumbprint: field('key_thumbprint'),
    refreshJti: field('refresh_jti'),
    refreshSeq: Number(field('refresh_seq')),
    refreshExpiresAtMs: Number(field('refresh_expires_at')),
    keyIds: field('key_ids').split(' ').filter(Boolean),
    expiresAtMs: time('expires_at'),
    endedReason: field('ended_reason'),
    refreshedAtMs: time('refreshed_at'),
    lastUsedAtMs: time('last_used_at'),
  };
}
