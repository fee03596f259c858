import type { ApiKeyStore, EndReason, GrantStore } from '@ravi/credentials';

/** What ending credentials needs. */
export interface RevocationDeps {
  readonly grants: GrantStore;
  readonly apiKeys: ApiKeyStore;
}

/** Ends everything that came from one login: its tokens, its keys, and keys made with them. False when there is no such grant. */
export async function endGrant(
  { grants, apiKeys }: RevocationDeps,
  userId: number,
  grantId: string,
  reason: EndReason,
  nowMs: number,
): Promise<boolean> {
  const ended = await grants.end(grantId, userId, reason, nowMs);
  if (ended === 'unknown') return false;
  const keys = await apiKeys.list(userId, nowMs);
  await Promise.all(
    keys
      .filter((key) => key.grantId === grantId)
      .map((key) => apiKeys.revoke(key.hash, userId, reason, nowMs)),
  );
  return true;
}

/** Ends every grant and every key of an account. */
export async function endAllCredentials(
  { grants, apiKeys }: RevocationDeps,
  userId: number,
  nowMs: number,
): Promise<void> {
  const [keys, held] = await Promise.all([apiKeys.list(userId, nowMs), grants.list(userId)]);
  await Promise.all([
    ...keys.map((key) => apiKeys.revoke(key.hash, userId, 'revoked', nowMs)),
    ...held.map((grant) => grants.end(grant.id, userId, 'revoked', nowMs)),
  ]);
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
