import type { AccountWithIdentities } from '@ravi/accounts';
import type { GrantStore } from '@ravi/credentials';
import type { LoginSummary } from '@ravi/device-login';

/** How many programs are looked at, those used last first: each costs a read. */
const maxLooked = 50;

/**
 * When this account last approved a program with the key that the asking program proved, in milliseconds since the epoch. Null if it
 * proved none, or if none of the 50 programs that were used last and still have access has that key. A key proves that it is the same
 * program; nothing else that it sends does. (RFC 9449)
 */
export async function keyApprovedAtMs(
  grants: Pick<GrantStore, 'page'>,
  { keyThumbprint, clientId }: Pick<LoginSummary, 'keyThumbprint' | 'clientId'>,
  owner: AccountWithIdentities | null,
  nowMs: number,
): Promise<number | null> {
  if (keyThumbprint === '' || owner === null) return null;
  const { account, identities } = owner;
  const view = {
    id: account.id,
    epoch: account.epoch,
    identityUuids: new Set(identities.map(({ uuid }) => uuid)),
  };
  const { entries } = await grants.page(view, { offset: 0, count: maxLooked }, nowMs);
  const its = entries.filter((grant) => grant.keyThumbprint === keyThumbprint && grant.clientId === clientId);
  return its.length === 0 ? null : Math.max(...its.map(({ createdAtMs }) => createdAtMs));
}
