import { type RedisClient, scanKeys } from '@ravi/redis';
import type { Account } from './account.ts';
import type { AccountStore } from './account-store.ts';
import type { AccountTraces } from './account-traces.ts';
import type { OpenDeletions } from './open-deletions.ts';

/** Removes those of these keys that belong to an account; resolves to how many. */
export type TraceRemover = (
  redis: RedisClient,
  keys: readonly string[],
  userId: number,
  prefix: string,
) => Promise<number>;

/** Where an account is erased, and who removes what the other packages keep of it. */
export interface Erasure {
  readonly redis: RedisClient;
  readonly accounts: Pick<AccountStore, 'replicated'>;
  readonly traces: AccountTraces;
  readonly deletions: Pick<OpenDeletions, 'isTakenBack'>;
  readonly removers: readonly TraceRemover[];
  readonly prefix?: string;
}

/**
 * Removes all that belongs to a blocked account, in a scan of the whole keyspace by small steps, since ended logins and lists of
 * former epochs are in no index. The account itself goes last, so that an interrupted removal can be repeated. Resolves to how many
 * records were removed besides the account; null where an operator took the deletion back meanwhile: it stops, and the account stays.
 */
export async function eraseAccount(
  { redis, accounts, traces, deletions, removers, prefix = '' }: Erasure,
  account: Account,
): Promise<number | null> {
  const { id, email } = account;
  const isTakenBack = async () => {
    if (!(await deletions.isTakenBack(id))) return false;
    await traces.holdAddresses(id);
    return true;
  };
  let removed = 0;
  for await (const keys of scanKeys(redis, `${prefix}ravi:*`)) {
    if (await isTakenBack()) return null;
    removed += await traces.removeFrom(keys, account);
    for (const remove of removers) removed += await remove(redis, keys, id, prefix);
  }
  if (await isTakenBack()) return null;
  await traces.removeAccount(account);
  await accounts.replicated(id, { email });
  return removed;
}
