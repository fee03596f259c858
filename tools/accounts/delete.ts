import { type Account, eraseAccount } from '@ravi/accounts';
import { removeCredentialTraces } from '@ravi/credentials';
import { removeLoginTraces } from '@ravi/device-login';
import { shutOut } from './end.ts';
import type { Operator } from './operator.ts';
import { type CommandResult, done, nothingFound, plain, refused } from './result.ts';

/**
 * Deletes an account. One write ends all that works; then all that belongs to it is removed. If it is interrupted, the same command
 * repeats it, or an api finishes it some minutes later; until then the account is blocked.
 */
export async function deleteAccount(operator: Operator, account: Account): Promise<CommandResult> {
  const { note, by, deletions } = operator;
  const { id, email } = account;
  await deletions.note(id);
  if ((await shutOut(operator, account, 'delete')) === null) {
    await deletions.forget(id);
    return nothingFound('The account is gone.');
  }
  await note({ event: 'account_deleted', user: id, by });
  await deletions.markTold(id);
  const erasure = { ...operator, removers: [removeCredentialTraces, removeLoginTraces] };
  const removed = await deletions.during(id, () => eraseAccount(erasure, account));
  await deletions.forget(id);
  if (removed === null) {
    return refused(
      `${id} (${plain(email)}) is not deleted: it was unblocked meanwhile. What was removed by then stays removed.`,
    );
  }
  const text =
    `${id} (${plain(email)}) is deleted, with ${removed} records of sessions, logins, keys and lists. ` +
    'The addresses of its identities are kept back for 30 days; the audit log keeps its events.';
  return done(text, { done: 'deleted', id, removed });
}
