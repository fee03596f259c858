import type { Account } from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import type { Context } from 'koa';
import { clientAddress } from '../http/client-address.ts';
import { type AccountMails, mailOriginOf } from './account-mails.ts';
import type { KnownBrowsers } from './known-browsers.ts';

export interface AskSecondStepDeps {
  readonly audit: Pick<AuditLog, 'note'>;
  readonly mails: Pick<AccountMails, 'notify'>;
  readonly browsers: KnownBrowsers;
}

/**
 * Notes that the password was right and the second step is to come. If the account does not know this browser, its person is told,
 * once an hour at most: somebody else may know the password.
 */
export function askSecondStep(
  { audit, mails, browsers }: AskSecondStepDeps,
  ctx: Context,
  account: Account,
  provider = '',
): void {
  const through = provider === '' ? {} : { provider };
  audit.note({ event: 'second_step_asked', user: account.id, address: clientAddress(ctx), ...through });
  if (provider === '' && browsers.idFor(ctx, account) === null)
    mails.notify('secondStepAsked', account, mailOriginOf(ctx));
}
