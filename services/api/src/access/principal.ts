import type { Account } from '@ravi/accounts';
import type { StoredGrant } from '@ravi/credentials';
import type { Role } from './capabilities.ts';
import type { FoundKey } from './credentials.ts';

/** Who calls, by the credential that was presented. */
export type Principal = {
  readonly role: Role;
  readonly userId: number;
  readonly account: Account;
  /** The one identity that the credential is good for; empty where it is good for the account. */
  readonly identityUuid: string;
  /** The grant to which the credential belongs. */
  readonly grant: StoredGrant;
} & (
  | { readonly credential: 'token' }
  | ({ readonly credential: 'key' } & Pick<FoundKey, 'key' | 'ancestors'>)
);
