import type { Account, AccountLinks, EmailMove, EmailMoves, ToldOnce } from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import type { MailOrigin } from '@ravi/contract';
import { z } from 'zod';
import { text } from '../http/parse-body.ts';
import type { AccountMails } from './account-mails.ts';
import { email } from './email-address.ts';
import type { PasswordAccounts, SignInOrigin } from './password-accounts.ts';

export interface EmailChangeDeps {
  readonly emailMoves: Pick<EmailMoves, 'want' | 'move' | 'replicated'>;
  readonly accountLinks: Pick<AccountLinks, 'find'>;
  readonly toldOnce: Pick<ToldOnce, 'claim'>;
  readonly passwordAccounts: PasswordAccounts;
  readonly mails: AccountMails;
  readonly audit: Pick<AuditLog, 'note'>;
}

/** What a change of address takes: the new one, and the password, so that a forgotten session is not enough. */
export const emailChangeInput = z.object({ email, current_password: text(1, 1024) });

/** Changes the e-mail address of an account that signs in with a password, once its person reads mail at the new one. */
export class EmailChange {
  readonly #deps: EmailChangeDeps;

  constructor(deps: EmailChangeDeps) {
    this.#deps = deps;
  }

  /** Whether links are sent here; without them no address can be changed. */
  get enabled(): boolean {
    return this.#deps.mails.enabled;
  }

  /**
   * Has a link sent to the new address, and tells the present one, once for this form. Says nothing of whether the new one has an account.
   * Throws 401 for a wrong password, 404 where there is none, 429 over the limit of sign-ins.
   */
  async ask(
    account: Account,
    input: z.infer<typeof emailChangeInput>,
    origin: MailOrigin,
    guess: SignInOrigin,
    form: string,
  ): Promise<void> {
    const { emailMoves, toldOnce, passwordAccounts, mails } = this.#deps;
    await passwordAccounts.requirePassword(account, input.current_password, guess);
    await emailMoves.want(account.id, input.email);
    await mails.sendLink('address', account.id, input.email, origin, form);
    if (await toldOnce.claim(`${account.id} wants ${input.email} by ${form}`))
      mails.notify('addressWanted', account, origin);
  }

  /** The new address that a link brings, if it may still be used; else null. */
  async find(link: string): Promise<string | null> {
    return (await this.#deps.accountLinks.find('address', link))?.address ?? null;
  }

  /**
   * Spends a link: the account gets the new address, and both addresses are told. Sent twice within a minute, it is one success. Rejects
   * with `NotReplicated` if this may still be lost.
   */
  async confirm(link: string, origin: MailOrigin): Promise<Exclude<EmailMove['kind'], 'again'>> {
    const { emailMoves, toldOnce, mails, audit } = this.#deps;
    const move = await emailMoves.move(link);
    if (move.kind === 'bad' || move.kind === 'taken') return move.kind;
    const { userId, former, formerVerified, email: now } = move;
    // Before replicas are waited for: they may be away for long.
    if (await toldOnce.claim(`moved ${link}`)) {
      audit.note({ event: 'email_changed', user: userId, address: origin.address });
      for (const to of [...(formerVerified ? [former] : []), now])
        mails.tellAt(to, 'addressChanged', userId, origin);
    }
    await emailMoves.replicated(userId, former, now);
    return 'moved';
  }
}
