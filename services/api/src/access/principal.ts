import type { StoredApiKey, StoredGrant } from '@ravi/credentials';
import type { Role } from './capabilities.ts';

/** Who calls, by the credential that was presented. */
export type Principal = {
  readonly role: Role;
  readonly userId: number;
  /** The one identity that the credential is good for; empty where it is good for the account. */
  readonly identityUuid: string;
} & (
  | { readonly credential: 'token'; readonly grant: StoredGrant }
  | { readonly credential: 'key'; readonly key: StoredApiKey }
);
