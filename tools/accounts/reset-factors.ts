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
      ? { kind: 'change', factors: noFactors }
      : { kind: 'refuse', reason: 'none' as const },
  );
  if (change.kind === 'unknown') return nothingFound('The account is gone.');
  if (change.kind === 'refused') return nothingFound(`${id} (${plain(email)}) has no second factor.`);
  await undos.drop(id);
  await accounts.end(id, 'sessions');
  await note({ event: 'factors_reset', user: id, by });
  await accounts.replicated(id);
  const told = await tell(account, 'factorsReset');
  const text =
    `The second factors of ${id} (${plain(email)}) are removed, and its sessions have ended: the password alone signs in. ` +
    'It may be short, since it was chosen beside a second factor: a reset-link makes them choose another. ' +
    toldText(told);
  return done(text, { done: 'factors_reset', id, told });
}
