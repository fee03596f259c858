import type { Account } from '@ravi/accounts';
import type { Operator } from './operator.ts';
import { type CommandResult, done, nothingFound, plain, toldText } from './result.ts';

const gone = () => nothingFound('The account is gone.');

/**
 * Blocks an account: nobody can sign in, and its sessions, logins, keys and uncollected approvals end at once, by one write.
 * Repeating it is harmless.
 */
export async function blockAccount(operator: Operator, account: Account): Promise<CommandResult> {
  const { id } = account;
  const former = await shutOut(operator, account);
  if (former === null) return gone();
  await operator.note({ event: 'account_blocked', user: id, by: operator.by });
  const told = !account.blocked && (await operator.tell(account, 'accountBlocked'));
  await clear(operator, id, former);
  await operator.accounts.replicated(id);
  return done(
    `${id} (${plain(account.email)}) is blocked: nobody signs in. Its sessions, logins and keys have ended.${account.blocked ? '' : ` ${toldText(told)}`}`,
    { done: 'blocked', id, told },
  );
}

/** Lets the people of a blocked account sign in again. What ended stays ended. Nothing becomes of one that is not blocked. */
export async function unblockAccount(operator: Operator, account: Account): Promise<CommandResult> {
  const { accounts, traces, note, tell, by } = operator;
  const { id } = account;
  const name = `${id} (${plain(account.email)})`;
  if (!account.blocked) {
    // As where the same command had too few replicas before.
    await accounts.replicated(id);
    return done(`${name} is not blocked.`, { done: 'unblocked', id, told: false });
  }
  if ((await accounts.end(id, 'sessions', 'unblock')) === null) return gone();
  // It may have been blocked for a deletion, which had begun to give up the addresses of its identities.
  await traces.holdAddresses(id);
  await note({ event: 'account_unblocked', user: id, by });
  const told = await tell(account, 'accountUnblocked');
  await accounts.replicated(id);
  const text = `${name} may sign in again. What ended stays ended. ${toldText(told)}`;
  return done(text, { done: 'unblocked', id, told });
}

/** Ends every login and key of an account. Its people stay signed in. */
export async function endAll(operator: Operator, account: Account): Promise<CommandResult> {
  const { accounts, note, by } = operator;
  const { id } = account;
  const ended = await accounts.end(id, 'grants');
  if (ended === null) return gone();
  await note({ event: 'all_ended', user: id, by });
  await clear(operator, id, ended.former);
  await accounts.replicated(id);
  return done(`Every login and key of ${id} (${plain(account.email)}) has ended.`, { done: 'ended', id });
}

/**
 * Blocks an account, also for its deletion, and ends all of it, with the one-time link that is open. Resolves to the epoch of what it
 * granted until then; null when there is no such account.
 */
export async function shutOut(
  { accounts, resetLinks }: Operator,
  account: Account,
  why: 'block' | 'delete' = 'block',
): Promise<string | null> {
  const ended = await accounts.end(account.id, 'everything', why);
  if (ended !== null) await resetLinks.drop(account);
  return ended?.former ?? null;
}

/** Removes what ended with an epoch, in small steps. It has ended even if this fails. */
async function clear({ grants, apiKeys }: Operator, id: number, epoch: string): Promise<void> {
  await grants.clearEpoch(id, epoch);
  await apiKeys.clearEpoch(id, epoch);
}
