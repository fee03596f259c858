/**
 * A person's account, as it was read. What is granted or signed in on the strength of this look belongs to the epochs that it saw,
 * and ends with them.
 */
export interface Account {
  readonly id: number;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  /** The epoch of what the account grants: another begins when all is ended. */
  readonly epoch: string;
  /** The epoch of its browser sessions: another begins when they are ended. */
  readonly sessionsEpoch: string;
  /** Somebody who reads mail at the address said that this account is theirs. */
  readonly emailVerified: boolean;
  /** Nobody signs in. */
  readonly blocked: boolean;
  /** A sign-in with the password, or through a provider, takes a second step. */
  readonly hasSecondFactor: boolean;
  /** The language in which its person read our pages when they signed in last, such as `de`; empty if unknown. */
  readonly language: string;
}

/** A name and address under which programs of the account act. Times are ISO 8601. */
export interface Identity {
  readonly uuid: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** An account and its identities, oldest first. */
export interface AccountWithIdentities {
  readonly account: Account;
  readonly identities: readonly Identity[];
}

/** Characters that nobody sees: they would make one address look like another's. */
const invisibles = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** The address without characters that nobody sees. */
export function visibleEmail(email: string): string {
  return email.replace(invisibles, '').trim();
}

/** One spelling per address, as far as that is safe: case, invisible characters and surrounding blanks do not tell accounts apart. */
export function foldEmail(email: string): string {
  return visibleEmail(email).normalize('NFC').toLowerCase();
}

/** A person as an OpenID provider names them. (OpenID Connect Core §5.7: only both together are unique and lasting) */
export interface ExternalSubject {
  readonly issuer: string;
  readonly subject: string;
}
