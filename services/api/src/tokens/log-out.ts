import type { StoredApiKey, StoredGrant } from '@ravi/credentials';
import type { Logger } from '@ravi/telemetry';
import type { Revocation } from '../access/revocation.ts';
import type { Call } from '../http/call.ts';

export interface LogOutDeps {
  readonly revocation: Revocation;
  readonly logger: Logger;
}

/** The credential that a program gives up: a token of this grant or, where `key` is set, this API key of it. */
export interface GivenUp {
  readonly grant: StoredGrant;
  readonly key: StoredApiKey | null;
}

/**
 * Ends a login with all that came from it, by one of its tokens; or an API key with those that descend from it. Everywhere at once.
 * Rejects with `NotReplicated` if the end may still be lost.
 */
export async function logOut(
  { revocation, logger }: LogOutDeps,
  { requestId, address }: Pick<Call, 'requestId' | 'address'>,
  { grant, key }: GivenUp,
): Promise<void> {
  const by = { userId: grant.userId, address };
  if (key === null) {
    await revocation.endGrant(by, grant.id, 'logged_out');
    logger.info({ grantId: grant.id, requestId }, 'login ended by its program');
  } else {
    await revocation.endKey(by, key, grant.accountEpoch, 'logged_out');
    logger.info({ keyId: key.id, requestId }, 'API key ended by its program');
  }
}
