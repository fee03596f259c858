import type { LoginId } from './codes/login-id.ts';

/**
 * A login: a hash, under an id that the device_code contains and the user_code gives. So it needs no index, and every script touches
 * one key, in one Cluster slot. TTL: one minute after its expiry.
 *
 * | field | from | until | holds |
 * |---|---|---|---|
 * | v | start | the end | the format in which the login was written; the first byte of the device_code names its layout, too |
 * | state | start | the end | pending, approved, denied, aborted, issued or redeemed |
 * | device_hash | start | the end | SHA-256(device_code), base64url |
 * | wrapped_key | start | issued, denied, aborted | the result's key, wrapped for the issuer |
 * | started_at, expires_at | start | the end | milliseconds since the epoch |
 * | interval | start | the end | ms that must lie between polls without `wait` |
 * | polled_at | first such poll | the end | ms since the epoch |
 * | asked_at | first such poll | the end | when an api got it, by its own clock |
 * | client_name, address, user_agent | start | the end | the program and its address, as the human sees them |
 * | protocol, client_id, scope | start | the end | `oauth`, the client, and the scope that it requested; absent in the JSON API |
 * | resource | start | the end | the service that the tokens are for (RFC 8707); absent for our own API |
 * | key_thumbprint | a proof of a key | the end | the key to which the tokens are to be bound (RFC 9449) |
 * | waiter | a wait | redemption | the api instance that holds the waiting request |
 * | watchers | a page that follows | redemption | the api instances that hold pages of the approver |
 * | country | start | the end | the country of the program's address, as a trusted proxy says; absent where none does |
 * | user_id | approval, denial | the end | who decided |
 * | identity_uuid | approval | the end | for which identity it was approved; empty for none |
 * | key_scope | approval | the end | account or identity: the scope of this login's tokens and keys |
 * | key_ttl | approval | the end | seconds until its tokens and keys expire; empty for no limit by the human |
 * | language | approval | the end | of the human, such as `de`; empty if unknown |
 * | account_epoch | approval | the end | the epoch of the approver's account to which the approval belongs |
 * | approved_at | approval | the end | microseconds since the epoch |
 * | denied_at | denial | the end | milliseconds since the epoch |
 * | denied_for | denial | the end | `wrong_number` if another number was picked than the program shows |
 * | sealed | issued | redeemed | the result, readable only with the device_code |
 * | lease, leased_until | hand-over | redeemed, released | which request is being answered, and until when (ms) |
 */
export function loginKey(loginId: LoginId, prefix = ''): string {
  return `${prefix}ravi:login:{${loginId}}`;
}

/**
 * The last decisions of an account, the newest first, at most 20: a list of JSON, which says what was decided about which login, when, on
 * which terms and for which program. TTL: a day after the last one.
 */
export function accountDecisionsKey(userId: number, prefix = ''): string {
  return `${prefix}ravi:account-decisions:${userId}`;
}

/** How the keys of all logins begin. */
export function loginsStart(prefix = ''): string {
  return `${prefix}ravi:login:`;
}
