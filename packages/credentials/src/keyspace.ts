import type { ApiKeyKind } from './api-keys/api-key.ts';
import type { MintId } from './minting/mint-request.ts';

/**
 * A grant: a hash. The braces keep it in one Cluster slot with its mint requests. TTL: `PROGRAM_IDLE_DAYS` after the last use of
 * anything of it; less where the human set an end, or where no API keys came with it and its refresh token expired a day ago. Two
 * days once it has ended, so that no redemption brings it back.
 *
 * | field | from | until | holds |
 * |---|---|---|---|
 * | v | delivery | the end | the format in which it was written |
 * | state | delivery | the end | active or ended |
 * | user_id | delivery | the end | the account |
 * | epoch | delivery | the end | the epoch of the account in which the human approved; once another began, the grant has ended |
 * | client_id, client_name | delivery | the end | the client, and what the program calls itself |
 * | address, user_agent | delivery | the end | where the program asked from |
 * | created_at | delivery | the end | ms since the epoch |
 * | identity_uuid | delivery | the end | the chosen identity; absent for none |
 * | scope, requested_scope | delivery | the end | account or identity; the scope that the client asked for |
 * | resource | delivery | the end | the service that its access tokens are for (RFC 8707); absent for our own API |
 * | key_thumbprint | delivery | the end | the key to which the tokens are bound (RFC 9449); absent for bearer tokens |
 * | refresh_jti | delivery | the next refresh | the one refresh token that is valid |
 * | refresh_seq | delivery | the next refresh | which one that is, from 1 on |
 * | refresh_expires_at | delivery | the next refresh | when that one expires, ms since the epoch |
 * | key_ids | delivery | the end | the ids of the API keys that came with it, with blanks between; absent for none |
 * | expires_at | delivery | the end | ms since the epoch; absent where the human set no end |
 * | refreshed_at | the first refresh | the end | ms since the epoch |
 * | last_used_at | the first use | the end | ms since the epoch, to the minute |
 * | ended_reason, ended_at | its end | the end of the record | why, such as refresh_reused; ms since the epoch |
 */
export function grantKey(grantId: string, prefix = ''): string {
  return `${prefix}ravi:grant:{${grantId}}`;
}

/**
 * The grants of an account in one of its epochs: a sorted set of grant ids by the ms of their last use, at first of their delivery.
 * TTL: `PROGRAM_IDLE_DAYS` after the last use of one of them; cleaned when it is read.
 */
export function accountGrantsKey(userId: number, epoch: string, prefix = ''): string {
  return `${prefix}ravi:account-grants:${userId}:${epoch}`;
}

/** The grants of all accounts, for a look over the keyspace. */
export function everyAccountGrants(prefix = ''): string {
  return `${prefix}ravi:account-grants:*`;
}

/** That somebody looks for unused logins, or did so lately: a string. TTL: 12 h, or a quarter of `PROGRAM_IDLE_DAYS` where that is less. */
export function unusedLookKey(prefix = ''): string {
  return `${prefix}ravi:unused-look`;
}

/**
 * An API key: a hash, by its id, which follows from the SHA-256 of the key. TTL: `PROGRAM_IDLE_DAYS` after the last use of it or of a
 * key that descends from it; less where it expires before. Two days once it was revoked.
 *
 * | field | from | until | holds |
 * |---|---|---|---|
 * | v | its creation | the end | the format in which it was written |
 * | state | its creation | the end | active or ended |
 * | hash | its creation | the end | the SHA-256 of the key |
 * | kind | its creation | the end | management or identity |
 * | user_id, identity_uuid | its creation | the end | the account; the identity, absent for a management key |
 * | label, prefix | its creation | the end | its name, and its first characters |
 * | created_at | its creation | the end | ms since the epoch |
 * | expires_at | its creation | the end | ms since the epoch; absent for a key without end |
 * | grant_id | its creation | the end | the grant that it belongs to: that of its login, or of the credential that made it |
 * | ancestor_ids | its creation | the end | the keys from which it descends, the nearest first, with blanks between |
 * | last_used_at | the first use | the end | ms since the epoch, to the minute |
 * | ended_reason, ended_at | its end | the end of the record | why, such as revoked; ms since the epoch |
 */
export function apiKeyRecordKey(id: string, prefix = ''): string {
  return `${prefix}ravi:key:${id}`;
}

/**
 * The API keys of one kind that an account has in one of its epochs: a sorted set of ids by the ms at which they were written. TTL:
 * `PROGRAM_IDLE_DAYS` after the last use of one of them; cleaned when it is read.
 */
export function accountApiKeysKey(userId: number, epoch: string, kind: ApiKeyKind, prefix = ''): string {
  return `${prefix}ravi:account-keys:${userId}:${epoch}:${kind}`;
}

/** The same for the keys that credentials of the account made, and no login brought, of both kinds. */
export function accountMadeKeysKey(userId: number, epoch: string, prefix = ''): string {
  return `${prefix}ravi:account-made-keys:${userId}:${epoch}`;
}

/** All API keys, for a look over the keyspace. */
export function everyApiKey(prefix = ''): string {
  return apiKeyRecordKey('*', prefix);
}

/** How the keys begin that hold what an account was granted: those that name it, and those whose `user_id` does. */
export function keysOfAccount(userId: number, prefix = '') {
  return {
    lists: [
      `${prefix}ravi:account-grants:${userId}:`,
      `${prefix}ravi:account-keys:${userId}:`,
      `${prefix}ravi:account-made-keys:${userId}:`,
    ],
    records: [`${prefix}ravi:grant:`, apiKeyRecordKey('', prefix)],
  } as const;
}

/**
 * A mint request: a hash. The braces keep it in one Cluster slot with the grant that it refreshes. TTL: 15 s while it is pending;
 * once it is settled or refused, 10 s, or `REFRESH_GRACE_SECONDS` for a refresh.
 *
 * | field | from | until | holds |
 * |---|---|---|---|
 * | state | the request | the end | pending, settled or refused |
 * | kind | the request | the end | refresh or key |
 * | wrapped_key | the request | settled, refused | the result's key, wrapped for the issuer |
 * | secret_hash | the request | the end | SHA-256 of the secret that opens the result, base64url |
 * | waiters | the request | the end | the api instances to wake, with commas between |
 * | params | the request | the end | what is asked for, and the format of the request, as JSON |
 * | asked_at | a refresh's request | the end | ms since the epoch, by the clock of Redis |
 * | sealed | settled | the end | the answer, readable only with the secret |
 */
export function mintKey(mintId: MintId, prefix = ''): string {
  const [tag = '', rest = ''] = mintId.split('.');
  return `${prefix}ravi:mint:{${tag}}:${rest}`;
}

/**
 * The public signing keys: a hash. No TTL; `PublishedKeys.list` leaves out what has ended.
 *
 * | field | from | until | holds |
 * |---|---|---|---|
 * | active | the first key | for ever | the kid with which issuers sign |
 * | KID | its publication | for ever | the public key, as JSON (RFC 7517) |
 * | KID:published_at | its publication | for ever | ms since the epoch |
 * | KID:held_at | its publication | for ever | when an issuer last said that it holds the private half, ms |
 * | KID:signed_at | its first use | for ever | when an issuer last said that it signs with it, ms |
 * | KID:retire_at | its retirement | for ever | when it stops being published, ms |
 */
export function signingKeysKey(prefix = ''): string {
  return `${prefix}ravi:jwks`;
}

/** A DPoP proof that was used: a string, by the SHA-256 of its key's thumbprint and its jti. TTL: 121 s. */
export function usedProofKey(name: string, prefix = ''): string {
  return `${prefix}ravi:dpop:${name}`;
}
