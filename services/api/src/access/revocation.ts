import type { ApiKeyStore, GrantStore } from '@ravi/credentials';

/** What ending credentials needs. */
export interface RevocationDeps {
  readonly grants: GrantStore;
  readonly apiKeys: ApiKeyStore;
}

/** Ends the keys of one identity, and the tokens that were granted it alone. */
export async function endIdentityCredentials(
  { grants, apiKeys }: RevocationDeps,
  userId: number,
  identityUuid: string,
  nowMs: number,
): Promise<void> {
  const [keys, held] = await Promise.all([apiKeys.list(userId, nowMs), grants.list(userId)]);
  await Promise.all([
    ...keys
      .filter((key) => key.identityUuid === identityUuid)
      .map((key) => apiKeys.revoke(key.hash, userId, 'identity_deleted', nowMs)),
    ...held
      .filter((grant) => grant.scope === 'identity' && grant.identityUuid === identityUuid)
      .map((grant) => grants.end(grant.id, userId, 'identity_deleted', nowMs)),
  ]);
}
