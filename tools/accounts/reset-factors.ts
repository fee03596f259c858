import { type Account, noFactors, takeSecondStep } from '@ravi/accounts';
import type { Operator } from './operator.ts';
import { type CommandResult, done, nothingFound, plain, toldText } from './result.ts';

/**
 * Removes the authenticator app, passkeys and recovery codes of an account, for a person who lost them all and whom the operator has
 * recognised. Their sessions end, since a finder of the phone may have one; the password stays. They are told by mail.
 */
export async function resetFactors(operator: Operator, account: Account): Promise<CommandResult> {
  const { accounts, factors, undos, note, tell, by } = operator;
  const { id, email } = account;
  const change = await factors.change(id, (now) =>
    takeSecondStep(now)
      ? { kind: 'change', factors: noFactors, endsSessions: true }
      : { kind: 'refuse', reason: 'none' as const },
  );
  if (change.kind === 'unknown') return nothingFound('The account is gone.');
  if (change.kind === 'refused') {
    // As where the same command had too few replicas before.
    await accounts.replicated(id);
    return nothingFound(`${id} (${plain(email)}) has no second factor.`);
  }
  await undos.drop(id);
  await note({ event: 'factors_reset', user: id, by });
  const told = await tell(account, 'factorsReset');
  await accounts.replicated(id);
  const text =
    `The second factors of ${id} (${plain(email)}) are removed, and its sessions have ended: the password alone signs in. ` +
    'It may be short, since it was chosen beside a second factor: a reset-link makes them choose another. ' +
    toldText(told);
  return done(text, { done: 'factors_reset', id, told });
}
