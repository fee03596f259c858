// Lives here: who a credential belongs to, what it may do, and how it ends.
// Lives elsewhere: how people sign in (../people), how often something may happen (../limits).
import type { AccountStore } from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import type { ApiKeyStore, DpopProofsInRedis, GrantStore, TokenVerifier } from '@ravi/credentials';
import type { Clock } from '@ravi/runtime';
import { Authenticator } from './authenticator.ts';
import { Credentials } from './credentials.ts';
import { Revocation } from './revocation.ts';

export interface AccessDeps {
  readonly accountStore: AccountStore;
  readonly grants: GrantStore;
  readonly apiKeys: ApiKeyStore;
  readonly tokenVerifier: TokenVerifier;
  readonly proofs: DpopProofsInRedis;
  readonly audit: AuditLog;
  readonly recordsReplicas: number;
  readonly clock: Clock;
  readonly publicUrl: string;
}

export interface Access {
  readonly authenticator: Authenticator;
  readonly credentials: Credentials;
  readonly revocation: Revocation;
}

/** Puts together what recognises credentials and ends them. */
export function createAccess(deps: AccessDeps): Access {
  const { accountStore, grants, apiKeys, tokenVerifier, proofs, audit, recordsReplicas, clock, publicUrl } =
    deps;
  const credentials = new Credentials({
    tokenVerifier,
    accountStore,
    grants,
    apiKeys,
    recordsReplicas,
    clock,
    onFirstUse: ({ id: key, userId: user }, address) =>
      audit.note({ event: 'key_used_first', key, user, address }),
  });
  return {
    credentials,
    authenticator: new Authenticator({ credentials, proofs, clock, publicUrl }),
    revocation: new Revocation({ accountStore, grants, apiKeys, audit, clock }),
  };
}
