import { createHash } from 'node:crypto';
import { foldEmail } from './account.ts';

/** Field names of identities in an account's hash begin with this. */
export const identityField = 'identity:';

/** The field of an account with the time of the last "end all". */
export const allEndedField = 'all_ended_at';

/**
 * An account with its identities: a hash. No TTL.
 *
 * | field | from | until | holds |
 * |---|---|---|---|
 * | email, first_name, last_name | sign-up | for ever | the person |
 * | created_at | sign-up | for ever | ms since the epoch |
 * | identity:UUID | its creation | its removal | an identity, as JSON, with its folded name |
 * | all_ended_at | the first "end all" | for ever | ms since the epoch; what was approved before it is not delivered |
 */
export function accountKey(userId: number, prefix: string): string {
  return `${prefix}ravi:account:${userId}`;
}

/** The last account id that was given out: a string, a number. No TTL. */
export function lastAccountIdKey(prefix: string): string {
  return `${prefix}ravi:account-id`;
}

/**
 * How a person signs in with a password: a hash, by the SHA-256 of the folded e-mail address, so that the keyspace is no list of
 * people. TTL: a minute until the account is written, then none.
 *
 * | field | from | until | holds |
 * |---|---|---|---|
 * | user_id | sign-up | for ever | the account |
 * | password_hash | sign-up | for ever | argon2id, in PHC form; empty for a person who signs in by a provider |
 */
export function signInKey(email: string, prefix: string): string {
  return `${prefix}ravi:sign-in:${sha256(foldEmail(email))}`;
}

/**
 * The account of a person whom a provider signs in: a string, the account id, by the SHA-256 of issuer and subject. TTL: a minute
 * until the account is written, then none.
 */
export function externalSubjectKey(issuer: string, subject: string, prefix: string): string {
  return `${prefix}ravi:external:${sha256(JSON.stringify([issuer, subject]))}`;
}

/** Which account has an identity's address: a string, the account id. No TTL: an address that is given up stays reserved. */
export function identityEmailKey(email: string, prefix: string): string {
  return `${prefix}ravi:identity-email:${email}`;
}

/** The allowed domains: a hash. No TTL. Each field is a domain and holds its uuid and date, as JSON, from its first use for ever. */
export function domainsKey(prefix: string): string {
  return `${prefix}ravi:domains`;
}

/** A browser session: a string, JSON of the person and where it started, by the SHA-256 of its token. TTL: 12 hours. */
export function sessionKey(id: string, prefix: string): string {
  return `${prefix}ravi:session:${id}`;
}

/** The sessions of an account: a sorted set of session ids by the ms at which they end. TTL: 12 hours after the last sign-in. */
export function accountSessionsKey(userId: number, prefix: string): string {
  return `${prefix}ravi:account-sessions:${userId}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
