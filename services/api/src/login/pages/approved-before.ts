import type { AccountWithIdentities } from '@ravi/accounts';
import type { GrantStore } from '@ravi/credentials';
import type { LoginSummary } from '@ravi/device-login';

/** The programs that are looked at: those that were used last. Each is a read, so their number is bounded. */
const maxLooked = 50;

/**
 * When this account last approved the program whose key the asking one proved, in milliseconds since the epoch; null if it proved none, or
 * that of no program which still has access and is among the 50 last used ones. A key proves that it is the same program, as nothing else
 * that it sends does. (RFC 9449)
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
