import { type RedisClient, scanKeys } from '@ravi/redis';
import type { Account } from './account.ts';
import type { AccountStore } from './account-store.ts';
import type { AccountTraces } from './account-traces.ts';

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
  readonly removers: readonly TraceRemover[];
  readonly prefix?: string;
}

/**
 * Removes all that belongs to a blocked account, in a scan of the whole keyspace by small steps, since ended logins and lists of
 * former epochs are in no index. The account itself goes last, so that an interrupted removal can be repeated. Resolves to how many
 * records were removed besides the account.
 */
export async function eraseAccount(
  { redis, accounts, traces, removers, prefix = '' }: Erasure,
  account: Account,
): Promise<number> {
  const { id, email } = account;
  let removed = 0;
  for await (const keys of scanKeys(redis, `${prefix}ravi:*`)) {
    removed += await traces.removeFrom(keys, account);
    for (const remove of removers) removed += await remove(redis, keys, id, prefix);
  }
  await traces.removeAccount(account);
  await accounts.replicated(id, { email });
  return removed;
}
