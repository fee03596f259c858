import { setTimeout as pause } from 'node:timers/promises';
import {
  type Account,
  type AccountStore,
  type EmailMoves,
  type FactorStore,
  noFactors,
  takeSecondStep,
  type Passwords,
  type ResetLink,
  type ResetLinks,
  type SignInUndos,
  type ToldOnce,
} from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import type { MailOrigin } from '@ravi/contract';
import { z } from 'zod';
import type { Revocation } from '../access/revocation.ts';
import { text } from '../http/parse-body.ts';
import type { Limits } from '../limits/limits.ts';
import { widestNetworkOf } from '../limits/networks.ts';
import type { AccountMails } from './account-mails.ts';
import { email } from './email-address.ts';
import type { PasswordPolicy } from './password-policy.ts';
import { type ProgramsChoice, programsChoice } from './programs-choice.ts';

export interface PasswordResetDeps {
  readonly accountStore: Pick<AccountStore, 'end' | 'noteVerified' | 'replicated' | 'userIdOf'>;
  readonly factorStore: Pick<FactorStore, 'change'>;
  readonly resetLinks: ResetLinks;
  readonly toldOnce: Pick<ToldOnce, 'claim'>;
  readonly passwords: Passwords;
  readonly revocation: Pick<Revocation, 'endAll'>;
  readonly audit: Pick<AuditLog, 'note'>;
  readonly mails: Pick<AccountMails, 'enabled' | 'sendLink' | 'notify'>;
  readonly passwordPolicy: PasswordPolicy;
  readonly emailMoves: Pick<EmailMoves, 'drop' | 'free'>;
  readonly signInUndos: Pick<SignInUndos, 'drop'>;
  readonly limits: Pick<Limits, 'admitMailRequest'>;
}

/** Whoever forgot a password keeps their programs, unless they choose otherwise. */
export const programsAfterReset: ProgramsChoice = 'keep';

/** What a reset takes besides the link: the new password as in a sign-up, and whether the programs end. */
export const passwordResetInput = z.object({
  new_password: text(1, 1024),
  programs: programsChoice.catch(programsAfterReset),
});

/** What asking for a link takes. */
export const forgotInput = z.object({ email });

/** How long a request that spent a link takes to note it. */
const twinNotesMs = 100;

/** Sets a new password by a one-time link. */
export class PasswordReset {
  readonly #deps: PasswordResetDeps;

  constructor(deps: PasswordResetDeps) {
    this.#deps = deps;
  }

  /** Whether links are sent by e-mail here; else an operator makes them. */
  get sendsLinks(): boolean {
    return this.#deps.mails.enabled;
  }

  /**
   * Has a link sent to the address, if an account has it; one for this form. Does the same work for an unknown one, and tells nothing.
   * Throws 429 for too many from one network.
   */
  async ask(input: z.infer<typeof forgotInput>, origin: MailOrigin, form: string): Promise<void> {
    const { accountStore, mails, limits } = this.#deps;
    await limits.admitMailRequest(origin.address);
    const userId = await accountStore.userIdOf(input.email);
    await mails.sendLink('reset', userId ?? 0, input.email, origin, form);
  }

  /** How long the new password must be at least; null where the link may not be used any more. */
  async minLengthFor(link: string): Promise<number | null> {
    const { resetLinks, passwordPolicy } = this.#deps;
    const good = await resetLinks.find(link);
    return good && passwordPolicy.minLengthFor(keepsFactor(good));
  }

  /**
   * Sets the password, once, and ends all sessions, and the programs where that is wanted. A link that came by e-mail proves the
   * address. Where nobody had proven it, somebody else may have created the account, and everything ends. Signs nobody in: whoever
   * has the link alone, and not the password, shall not. A second factor stays: a mailbox
   * is no proof of it. Sent twice, it ends as one success. Throws 400 for a weak password: the link
   * stays good then. False where the link is spent, over or none. Throws `PasswordsBusy`, and `NotReplicated` where what was set may
   * yet be lost (`RECORDS_REPLICAS`).
   */
  async reset(link: string, input: z.infer<typeof passwordResetInput>, origin: MailOrigin): Promise<boolean> {
    const { accountStore, resetLinks, passwords, passwordPolicy } = this.#deps;
    const { address } = origin;
    const good = await resetLinks.find(link);
    if (good === null) return this.#isTwin(link, input, origin);
    const { account: owner } = good;
    const { email } = owner;
    passwordPolicy.require(input.new_password, { email, hasSecondFactor: keepsFactor(good) }, 'new_password');
    // Only for a good link: nobody else has a password hashed here.
    const newHash = await passwords.inTurn(widestNetworkOf(address), ({ hash }) => hash(input.new_password));
    // Before it: should this process die after it, no session of before is left. After it: none that came of the old password meanwhile.
    await accountStore.end(owner.id, 'sessions');
    // A mailbox alone, from which the link came, puts no former factor back: not with the new password either.
    await this.#deps.signInUndos.drop(owner.id);
    // Before it, too: whoever dies once the link is spent is finished by the same form again. Without the note that one is told that the
    // link is spent: no reason to leave out the rest.
    const note = () => resetLinks.noteSpent(link, input.new_password, good.by).catch(() => undefined);
    await note();
    if ((await resetLinks.spend(link, newHash)) === null) {
      // The twin of this request, which spent it, may be noting that just now.
      await pause(twinNotesMs);
      return this.#isTwin(link, input, origin);
    }
    try {
      // Again: another form, with another password, may have noted itself meanwhile.
      await note();
      await this.#finish(good, input, address);
    } finally {
      await this.#tell(link, owner, origin);
    }
    return true;
  }

  /** Notes and tells what was done, once, whichever of the requests that finish it does. */
  async #tell(link: string, owner: Account, { address, userAgent, language }: MailOrigin): Promise<void> {
    const { toldOnce, audit, mails } = this.#deps;
    if (!(await toldOnce.claim(`reset ${link}`))) return;
    audit.note({ event: 'password_reset', user: owner.id, address });
    mails.notify('passwordChanged', owner, { address, userAgent, language });
  }

  /** Whether the same form was sent a moment ago and set the password: a double click, or a retry after an answer that was lost. */
  async #isTwin(
    link: string,
    input: z.infer<typeof passwordResetInput>,
    origin: MailOrigin,
  ): Promise<boolean> {
    const { resetLinks, passwords } = this.#deps;
    const { address } = origin;
    const twin = await resetLinks.findTwin(link, input.new_password);
    if (twin === null) return false;
    const isSet = await passwords.inTurn(widestNetworkOf(address), ({ verify }) =>
      verify(twin.passwordHash, input.new_password),
    );
    if (!isSet) return false;
    // The request that spent the link may have died half-way.
    await this.#finish(twin, input, address);
    await this.#tell(link, twin.account, origin);
    return true;
  }

  /** All that follows a new password. May be repeated: the address counts as proven only once what a stranger may have had is ended. */
  async #finish(
    { account, by }: ResetLink,
    { programs }: z.infer<typeof passwordResetInput>,
    address: string,
  ): Promise<void> {
    const { accountStore, factorStore, revocation, emailMoves, signInUndos, audit } = this.#deps;
    const { id: userId, email } = account;
    const takesOver = isTakeover({ account, by });
    if (takesOver) {
      // Whoever created the account without proving the address may have set them up. Before the sessions end: a passkey of theirs would
      // open another one, which stayed.
      const removal = await factorStore.change(userId, () => ({ kind: 'change', factors: noFactors }));
      if (removal.kind === 'changed' && takeSecondStep(removal.before))
        audit.note({ event: 'factors_reset', user: userId, address });
    }
    await accountStore.end(userId, 'sessions');
    await emailMoves.drop(userId);
    // It goes along where the account has just left: the process that moves it may die before that.
    await emailMoves.free(email);
    // A mailbox alone, from which the link came, puts no former factor back.
    await signInUndos.drop(userId);
    if (programs === 'end' || takesOver) await revocation.endAll({ userId, address });
    if (takesOver) await accountStore.noteVerified(userId, email);
    await accountStore.replicated(userId, { email });
  }
}

/** Whether the link proves an address that nobody had proven: somebody else may have created the account. */
function isTakeover({ account, by }: Pick<ResetLink, 'account' | 'by'>): boolean {
  return by === 'mail' && !account.emailVerified;
}

/** Whether the account has a second factor after the reset: a stranger's goes. */
function keepsFactor(link: Pick<ResetLink, 'account' | 'by'>): boolean {
  return link.account.hasSecondFactor && !isTakeover(link);
}
