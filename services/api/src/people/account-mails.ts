import { randomUUID } from 'node:crypto';
import { type Account, foldEmail, type ToldOnce } from '@ravi/accounts';
import type { AccountMailJob, LinkMailKind, MailOrigin, NoticeMailKind } from '@ravi/contract';
import type { Clock } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type { Context } from 'koa';
import { clientAddress } from '../http/client-address.ts';
import type { MailQueue } from '../issuance/mail-queue.ts';
import type { Limits, NoticeMailCount } from '../limits/limits.ts';
import { mailLanguage } from '../pages/page-texts.ts';

export interface AccountMailsDeps {
  /** Null where no mail is sent here. */
  readonly mailQueue: MailQueue | null;
  readonly limits: Pick<Limits, 'mayMail'>;
  readonly toldOnce: Pick<ToldOnce, 'claim' | 'isClaimed'>;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Longest part of a user agent that a mail gets. */
const maxUserAgentLength = 160;

/** Queues e-mails to people; the issuers send them. No request waits for a mail server. */
export class AccountMails {
  readonly #deps: AccountMailsDeps;

  constructor(deps: AccountMailsDeps) {
    this.#deps = deps;
  }

  /** Whether mail is sent here at all. */
  get enabled(): boolean {
    return this.#deps.mailQueue !== null;
  }

  /**
   * Queues a link for the account with this address; `userId` is 0 where there is none, which takes as long and sends nothing. Does
   * nothing where this address got too many links lately. `form` names what asks for it: sent twice within a minute, it is one link, since a
   * second one would end the first. Rejects when Redis is away.
   */
  async sendLink(
    kind: LinkMailKind,
    userId: number,
    email: string,
    origin: MailOrigin,
    form: string,
  ): Promise<void> {
    const { limits, toldOnce } = this.#deps;
    const link = `${kind} link to ${foldEmail(email)} by ${form}`;
    if (await toldOnce.isClaimed(link)) return;
    if (!(await limits.mayMail(kind, foldEmail(email)))) return;
    // Counted for this address: the mail goes to no other that is wanted later.
    await this.#add(kind, userId, origin, kind === 'address' ? { to: email } : {});
    // Not before it: whoever is told that it failed sends the same form again.
    await toldOnce.claim(link);
  }

  /**
   * Tells the person of an account what happened there, if their address is proven; with a link that puts back how they signed in before,
   * where `undo` names that. Never waits and never fails.
   */
  notify(
    kind: NoticeMailKind,
    { id, email, emailVerified }: Account,
    origin: MailOrigin,
    undo?: string,
  ): void {
    const { limits, logger } = this.#deps;
    if (!this.enabled || !emailVerified) return;
    const notified = async () => {
      if (await limits.mayMail(countOf(kind, undo), foldEmail(email)))
        await this.#add(kind, id, origin, undo === undefined ? {} : { undo });
    };
    notified().catch((error: unknown) => logger.warn({ kind, userId: id, error }, 'a notice was not queued'));
  }

  /** Tells a proven address of an account whose address changed, or that was deleted. Never waits and never fails. */
  tellAt(to: string, kind: 'addressChanged' | 'accountDeleted', userId: number, origin: MailOrigin): void {
    this.#add(kind, userId, origin, { to }).catch((error: unknown) =>
      this.#deps.logger.warn({ kind, userId, error }, 'a notice was not queued'),
    );
  }

  async #add(
    kind: LinkMailKind | NoticeMailKind,
    userId: number,
    origin: MailOrigin,
    more: Pick<AccountMailJob, 'to' | 'undo'> = {},
  ): Promise<void> {
    const { mailQueue, clock, logger } = this.#deps;
    const mail = {
      about: 'account' as const,
      ...origin,
      kind,
      userId,
      atMs: clock.nowMs(),
      ...more,
    };
    const added = await mailQueue?.add(`${kind}.${randomUUID()}`, mail);
    if (added === false) logger.warn({ kind }, 'too many mails wait: this one is dropped');
  }
}

/** With which others a notice is counted. */
function countOf(kind: NoticeMailKind, undo: string | undefined): NoticeMailCount {
  if (kind === 'secondStepAsked' || kind === 'signedIn') return kind;
  return undo === undefined ? 'notice' : 'undo';
}

/** Where the browser of this request is, as a mail tells it, and the language for that mail. */
export function mailOriginOf(ctx: Context): MailOrigin {
  return {
    address: clientAddress(ctx),
    userAgent: ctx.get('User-Agent').slice(0, maxUserAgentLength),
    language: mailLanguage(ctx),
  };
}
