import type { AccountStore, Passwords, ResetLinks } from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import { z } from 'zod';
import type { Revocation } from '../access/revocation.ts';
import { text } from '../http/parse-body.ts';
import { widestNetworkOf } from '../limits/networks.ts';

export interface PasswordResetDeps {
  readonly accountStore: Pick<AccountStore, 'end' | 'replicated'>;
  readonly resetLinks: ResetLinks;
  readonly passwords: Passwords;
  readonly revocation: Pick<Revocation, 'endAll'>;
  readonly audit: Pick<AuditLog, 'note'>;
}

/** What a reset takes besides the link: the new password as in a sign-up, and whether the programs end. */
export const passwordResetInput = z.object({
  new_password: text(10, 256),
  programs: z.enum(['keep', 'end']).catch('keep'),
});

/** Sets a new password by a one-time link. */
export class PasswordReset {
  readonly #deps: PasswordResetDeps;

  constructor(deps: PasswordResetDeps) {
    this.#deps = deps;
  }

  /** Whether the link may still be used. */
  async isGood(link: string): Promise<boolean> {
    return (await this.#deps.resetLinks.find(link)) !== null;
  }

  /**
   * Sets the password, once, and ends all sessions, and the programs where that is wanted. Signs nobody in: whoever has the link
   * alone, and not the password, shall not. False where the link is spent, over or none. Throws `PasswordsBusy`, and
   * `NotReplicated` where what was set may yet be lost (`RECORDS_REPLICAS`).
   */
  async reset(link: string, input: z.infer<typeof passwordResetInput>, address: string): Promise<boolean> {
    const { accountStore, resetLinks, passwords, revocation, audit } = this.#deps;
    const owner = await resetLinks.find(link);
    if (owner === null) return false;
    // Only for a good link: nobody else has a password hashed here.
    const newHash = await passwords.inTurn(widestNetworkOf(address), ({ hash }) => hash(input.new_password));
    // Before it: should this process die after it, no session of before is left. After it: none that came of the old password meanwhile.
    await accountStore.end(owner.id, 'sessions');
    if ((await resetLinks.spend(link, newHash)) === null) return false;
    audit.note({ event: 'password_reset', user: owner.id, address });
    await accountStore.end(owner.id, 'sessions');
    if (input.programs === 'end') await revocation.endAll({ userId: owner.id, address });
    await accountStore.replicated(owner.id, { email: owner.email });
    return true;
  }
}
