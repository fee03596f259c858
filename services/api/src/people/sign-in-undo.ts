import type { Account, AccountStore, DoneUndo, SignInChanges, SignInUndos, ToldOnce } from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import type { MailOrigin } from '@ravi/contract';
import type { Clock } from '@ravi/runtime';
import { z } from 'zod';
import type { Revocation } from '../access/revocation.ts';
import type { AccountMails } from './account-mails.ts';
import type { PasswordAccounts, SignInOrigin } from './password-accounts.ts';
import { type ProgramsChoice, programsChoice } from './programs-choice.ts';
import { signsInWithPassword } from './signs-in-with-password.ts';

export interface SignInUndoDeps {
  readonly signInUndos: SignInUndos;
  readonly toldOnce: Pick<ToldOnce, 'claim'>;
  readonly accountStore: Pick<AccountStore, 'read'>;
  readonly passwordAccounts: Pick<PasswordAccounts, 'hasPassword' | 'requirePassword'>;
  readonly embeddedAccounts: boolean;
  readonly revocation: Pick<Revocation, 'allEnded'>;
  readonly mails: Pick<AccountMails, 'enabled' | 'notify'>;
  readonly audit: Pick<AuditLog, 'note'>;
  readonly clock: Clock;
}

/** Whoever changed it may have approved programs, too: they end, unless the person chooses otherwise. */
export const programsAfterUndo: ProgramsChoice = 'end';

/** What putting back takes besides the link: the password, where the account has one, and whether the programs end. */
export const signInUndoInput = z.object({
  password: z.string().max(1024).catch(''),
  programs: programsChoice.catch(programsAfterUndo),
});

/** A link that is good: whose it is, when the change was, all that it changes, and whether the password is asked for. */
export interface OpenUndo {
  readonly account: Account;
  readonly changedAtMs: number;
  readonly changes: SignInChanges;
  readonly asksPassword: boolean;
}

/**
 * Undoes a change of second factors or providers that somebody else made in a session of a person: by a link in the mail that told
 * of it, for a week. Where the account has a password, the link takes it, too: a mailbox alone is no proof of a second factor.
 */
export class SignInUndo {
  readonly #deps: SignInUndoDeps;

  constructor(deps: SignInUndoDeps) {
    this.#deps = deps;
  }

  /** Keeps how the account signs in, before that is changed; undefined where no mail could bring a link to it. */
  async note(account: Account): Promise<string | undefined> {
    const { signInUndos, mails, clock } = this.#deps;
    if (!mails.enabled || !account.emailVerified) return undefined;
    return (await signInUndos.note(account, clock.nowMs())) ?? undefined;
  }

  /** What a link is good for; null where it is none, is spent or over, or the account is blocked. */
  async find(link: string): Promise<OpenUndo | null> {
    const { signInUndos, accountStore, clock } = this.#deps;
    const good = await signInUndos.find(link, clock.nowMs());
    const account = good === null ? undefined : (await accountStore.read(good.userId))?.account;
    if (good === null || account === undefined || account.blocked) return null;
    const asksPassword = await signsInWithPassword(this.#deps, account);
    const { changedAtMs, changes } = good;
    return { account, changedAtMs, changes, asksPassword };
  }

  /**
   * Spends the link: the account signs in as before the change, all sessions end, and the programs where that is wanted. Signs nobody in.
   * Throws 401 for a wrong password, 429 after too many, and `NotReplicated` where it may yet be lost (`RECORDS_REPLICAS`): the same form
   * waits again. Resolves to what became of the programs, which a form that comes again does not change; null where the link is spent, over
   * or none.
   */
  async putBack(
    link: string,
    { password, programs }: z.infer<typeof signInUndoInput>,
    origin: MailOrigin,
    guess: (account: Account) => SignInOrigin,
  ): Promise<ProgramsChoice | null> {
    const { signInUndos, passwordAccounts, clock } = this.#deps;
    const open = await this.find(link);
    if (open === null)
      return this.#finish(link, await signInUndos.putBackBefore(link, clock.nowMs()), origin);
    const { account, asksPassword } = open;
    if (asksPassword) await passwordAccounts.requirePassword(account, password, guess(account));
    const ends = programs === 'end' ? 'everything' : 'sessions';
    const result = await signInUndos.putBack(link, clock.nowMs(), ends);
    return this.#finish(link, result.kind === 'over' ? null : result, origin);
  }

  /** Notes and tells what was put back, once, whichever of the requests that finish it does, and waits for replicas. Null for nothing. */
  async #finish(link: string, done: DoneUndo | null, origin: MailOrigin): Promise<ProgramsChoice | null> {
    const { signInUndos, toldOnce, accountStore, revocation, mails, audit } = this.#deps;
    if (done === null) return null;
    const { userId, endedEpoch } = done;
    const account = (await accountStore.read(userId))?.account;
    if (account !== undefined && (await toldOnce.claim(`undo ${link}`))) {
      const { address } = origin;
      audit.note({ event: 'sign_in_put_back', user: userId, address });
      mails.notify('signInPutBack', account, origin);
      if (endedEpoch !== '') revocation.allEnded({ userId, address }, endedEpoch);
    }
    await signInUndos.replicated(userId);
    return endedEpoch === '' ? 'keep' : 'end';
  }
}
