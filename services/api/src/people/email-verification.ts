import {
  type Account,
  type AccountLinks,
  type AccountStore,
  type GoodLink,
  ownerOfLink,
  type ToldOnce,
} from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import type { MailOrigin } from '@ravi/contract';
import type { Logger } from '@ravi/telemetry';
import type { AccountMails } from './account-mails.ts';

export interface EmailVerificationDeps {
  readonly accountStore: Pick<AccountStore, 'noteVerified' | 'read' | 'replicated'>;
  readonly accountLinks: AccountLinks;
  readonly toldOnce: Pick<ToldOnce, 'claim'>;
  readonly mails: AccountMails;
  readonly audit: Pick<AuditLog, 'note'>;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Finds out whether an account's address belongs to its person, by a link that only a reader of mail there has. */
export class EmailVerification {
  readonly #deps: EmailVerificationDeps;

  constructor(deps: EmailVerificationDeps) {
    this.#deps = deps;
  }

  /** Sends a link where the address is not proven and mail is sent here; one for this form. Rejects when Redis is away. */
  async sendLink({ id, email, emailVerified }: Account, origin: MailOrigin, form: string): Promise<void> {
    const { mails } = this.#deps;
    if (mails.enabled && !emailVerified) await mails.sendLink('verify', id, email, origin, form);
  }

  /** Sends the first link, after a sign-up, which has succeeded even if the mail fails. Never waits and never fails. */
  sendFirstLink(account: Account, origin: MailOrigin): void {
    this.sendLink(account, origin, `the sign-up of ${account.id}`).catch((error: unknown) =>
      this.#deps.logger.warn({ userId: account.id, error }, 'the first link was not queued'),
    );
  }

  /** The address that a link proves, if it may still be used; else null. */
  async find(link: string): Promise<string | null> {
    return (await this.#deps.accountLinks.find('verify', link))?.address ?? null;
  }

  /**
   * Spends a link: the address is proven. Sent twice within a minute, it is one success. False where the link is spent, over or none, or
   * the account has another address now.
   */
  async verify(link: string, address: string): Promise<boolean> {
    const { accountStore, accountLinks, toldOnce, audit } = this.#deps;
    const spent = (await accountLinks.spend('verify', link)) ?? (await this.#spentBefore(link));
    if (spent === null || !(await accountStore.noteVerified(spent.userId, spent.address))) return false;
    if (await toldOnce.claim(`verified ${link}`))
      audit.note({ event: 'email_verified', user: spent.userId, address });
    await accountStore.replicated(spent.userId);
    return true;
  }

  /** The link that was spent a moment ago: by a request that may have died before it noted anything. */
  async #spentBefore(link: string): Promise<GoodLink | null> {
    const { accountStore, accountLinks } = this.#deps;
    const userId = ownerOfLink(link);
    const account = userId === null ? undefined : (await accountStore.read(userId))?.account;
    if (account === undefined || (await accountLinks.findSpent(link, account.email)) === null) return null;
    return { userId: account.id, address: account.email };
  }
}
