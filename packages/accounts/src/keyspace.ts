import { createHash } from 'node:crypto';
import { foldEmail } from './account.ts';

/** Field names of identities in an account's hash begin with this. */
export const identityField = 'identity:';

/** Field names of one-time links in an account's hash begin with this; the purpose follows. */
export const linkField = 'link:';

/**
 * An account with its identities: a hash, by a random id. TTL: a minute until it is written, then none.
 *
 * | field | from | until | holds |
 * |---|---|---|---|
 * | v | sign-up | for ever | the format in which it was written; also that of what finds it |
 * | email, first_name, last_name | sign-up | for ever | the person |
 * | created_at | sign-up | for ever | ms since the epoch |
 * | identity:UUID | its creation | its removal | an identity, as JSON, with its folded name |
 * | epoch | sign-up | for ever | the epoch of what it grants: begins anew when all is ended; microseconds since the epoch |
 * | sessions_epoch | sign-up | for ever | the epoch of its browser sessions: begins anew when they are ended |
 * | verified_email | its verification | for ever | the folded address that is known to be the person's |
 * | pending_email | a wanted change of address | the change | the address to which its link is sent |
 * | moved_from | a change of address | its former address is given up | that address: a process that dies between the two leaves it to whoever wants it |
 * | link:PURPOSE | an e-mail's link | its use, a newer one | SHA-256 of a one-time link, until when it is good (ms), the address it was sent to |
 * | providers | its sign-up or takeover through a provider, a link | the last one's removal | who signs in through providers: SHA-256 of issuer and subject, the provider, its address of the person and the date, as JSON with its format |
 * | factors | the first factor | the last one's removal | passkeys, authenticator app (its secret sealed under `SECRET`) and SHA-256 of each recovery code, as JSON with its format |
 * | second_factor | the first factor | the last one's removal | 1: a sign-in with the password takes a second step |
 * | undos | a change of factors or providers | one of them is put back, a reset | how the account signed in before each change of the last week: its `factors` and `providers`, when it was changed, and SHA-256 of the link that puts it back; as JSON with its format |
 * | put_back | a putting back | the next one | SHA-256 of the link that did it, when (ms), and the epoch of what ended with it that was granted, or nothing |
 * | language | a sign-in | for ever | in which language its person read our pages then: mails that no browser asks for are in it |
 * | blocked | the first blocking | for ever | 1 where nobody may sign in, else 0 |
 * | deleting | its deletion | its unblocking | 1, then `noted`: it is blocked because it is being deleted; the audit log was told |
 */
export function accountKey(userId: number | '*', prefix: string): string {
  return `${prefix}ravi:account:${userId}`;
}

/**
 * How a link was spent a moment ago: a string, by the SHA-256 of its token, so that a form that was sent twice ends as one success. An
 * HMAC, whose key is the token, of the new password or the proven address. Behind that of a password how the link reached its human
 * (`mail` or `operator`); behind that of a new address the one of before, and `proven` where it was that. TTL: a minute.
 */
export function spentLinkKey(tokenHash: string, prefix: string): string {
  return `${prefix}ravi:spent-link:${tokenHash}`;
}

/** That the log and its person were told what a form did: a string, by the SHA-256 of what names that. TTL: a minute. */
export function toldKey(hash: string, prefix: string): string {
  return `${prefix}ravi:told:${hash}`;
}

/**
 * How a person signs in with a password: a hash, by the SHA-256 of the folded e-mail address, so that the keyspace is no list of
 * people. TTL: a minute until the account is written, then none.
 *
 * | field | from | until | holds |
 * |---|---|---|---|
 * | user_id | sign-up | for ever | the account |
 * | password_hash | sign-up | for ever | argon2id, in PHC form; empty for a person who signs in by a provider |
 * | claimed_by | an account takes it to move here | for ever | SHA-256 of the link by which it moves or moved here: if that is over and the account has another address, whoever wants this one gets it |
 * | claimed_hash | an account takes it to move here | the password of its former address is here | the password_hash that it came with: one that was set here since is newer |
 * | left | the account moved away | the address is given up | 1: nobody changes the password here any more |
 * | link_hash | a reset link | its use, a newer one | SHA-256 of the one-time link that sets a new password, base64url |
 * | link_by | a reset link | its use, a newer one | `mail` where it was sent to the address, else `operator` |
 * | link_until | a reset link | its use, a newer one | until when it is good, ms since the epoch |
 */
export function signInKey(email: string, prefix: string): string {
  return `${prefix}ravi:sign-in:${sha256(foldEmail(email))}`;
}

/**
 * The account of a person whom a provider signs in: a string, the account id, by the SHA-256 of issuer and subject; it counts where the
 * account lists it. TTL: a minute until the account does, then none.
 */
export function externalSubjectKey(issuer: string, subject: string, prefix: string): string {
  return linkedSubjectKey(subjectHash(issuer, subject), prefix);
}

/** The same by the SHA-256 of issuer and subject, as an account lists it. */
export function linkedSubjectKey(hash: string, prefix: string): string {
  return `${prefix}ravi:external:${hash}`;
}

/** How a person whom a provider signs in is named here. */
export function subjectHash(issuer: string, subject: string): string {
  return sha256(JSON.stringify([issuer, subject]));
}

/** Which account has an identity's address: a string, the account id. TTL: 30 days once it was given up, else none. */
export function identityEmailKey(email: string, prefix: string): string {
  return `${prefix}ravi:identity-email:${email}`;
}

/** The addresses that an account gave up and that are kept back for it: a sorted set of addresses by the ms of that. TTL: 30 days after the last. */
export function givenUpKey(userId: number, prefix: string): string {
  return `${prefix}ravi:account-given-up:${userId}`;
}

/**
 * Accounts whose deletion is not over: a sorted set of account ids by the ms at which the process that deletes gave its last sign. No
 * TTL: each goes with its end.
 */
export function deletionsKey(prefix: string): string {
  return `${prefix}ravi:deletions`;
}

/** The allowed domains: a hash. No TTL. Each field is a domain and holds its uuid and date, as JSON, from its first use for ever. */
export function domainsKey(prefix: string): string {
  return `${prefix}ravi:domains`;
}

/**
 * A browser session: a string, JSON of its format, the person, the epoch, where it started, and how and when the person was
 * authenticated last, by the SHA-256 of its token. TTL:
 * `SESSION_IDLE_SECONDS` after its last use, at most `SESSION_MAX_SECONDS` after its start.
 * By the SHA-256 of a former token and of the form with which it was changed: the id of the session that goes on. TTL: a minute.
 */
export function sessionKey(id: string, prefix: string): string {
  return `${prefix}ravi:session:${id}`;
}

/** The sessions of an account: a sorted set of session ids by the ms at which they began. TTL: `SESSION_MAX_SECONDS` after the last sign-in. */
export function accountSessionsKey(userId: number, prefix: string): string {
  return `${prefix}ravi:account-sessions:${userId}`;
}

/** All accounts, for a look over the keyspace. */
export function everyAccount(prefix: string): string {
  return accountKey('*', prefix);
}

/** All addresses of identities, for a look over the keyspace. */
export function everyIdentityEmail(prefix: string): string {
  return identityEmailKey('*', prefix);
}

/** The keys that name no account, and whose value says to which one they belong: how each kind begins. */
export function keysByOwner(prefix: string) {
  return {
    session: sessionKey('', prefix),
    externalSubject: `${prefix}ravi:external:`,
    identityEmail: identityEmailKey('', prefix),
    signIn: `${prefix}ravi:sign-in:`,
  } as const;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
