import type { AccountStore } from '@ravi/accounts';
import type { LoginId, LoginStore } from '@ravi/device-login';
import type { Logger } from '@ravi/telemetry';

/** How often this process checks its approvals that are not issued yet: a program that waits learns of an end within a second. */
const checkEveryMs = 400;

/** Approvals that it checks each time; with more of them, each has its turn later. */
const checkedAtOnce = 250;

/** Approvals that it remembers. The program of any other learns of an end when it asks again. */
const maxKept = 20_000;

export interface WithdrawnApprovalsDeps {
  readonly logins: Pick<LoginStore, 'readApproval' | 'withdraw'>;
  readonly accountStore: Pick<AccountStore, 'standing'>;
  readonly wake: (instance: string, loginId: LoginId) => Promise<void>;
  readonly logger: Pick<Logger, 'info'>;
}

/**
 * Approvals that no issuer has served yet: usually those of the last milliseconds, and many while no issuer runs. If their account
 * has ended its grants since, or is gone, their programs are told here; otherwise they would learn it only when an issuer is back.
 */
export class WithdrawnApprovals {
  readonly #deps: WithdrawnApprovalsDeps;
  readonly #kept = new Set<LoginId>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(deps: WithdrawnApprovalsDeps) {
    this.#deps = deps;
  }

  /** A login was approved here a moment ago. */
  note(loginId: LoginId): void {
    if (this.#kept.size >= maxKept) return;
    this.#kept.add(loginId);
    this.#checkLater();
  }

  /** The login is issued: nothing is left to check. */
  forget(loginId: LoginId): void {
    this.#kept.delete(loginId);
  }

  /**
   * Ends an approval if its account has since ended its grants or is gone, and wakes the instances that hold its program and pages. Resolves to
   * what it found. Rejects when Redis is away.
   */
  async endIfWithdrawn(loginId: LoginId): Promise<'withdrawn' | 'stands' | 'settled'> {
    const { logins, accountStore, wake, logger } = this.#deps;
    const approval = await logins.readApproval(loginId);
    if (approval === null) return 'settled';
    const { userId, accountEpoch, identityUuid } = approval;
    const standing = await accountStore.standing(userId, identityUuid);
    if (standing?.hasIdentity === true && standing.account.epoch === accountEpoch) return 'stands';
    const withdrawal = await logins.withdraw(loginId, accountEpoch);
    if (withdrawal.kind === 'refused') return 'settled';
    logger.info({ loginId, userId }, 'an approval was ended before it was issued');
    await Promise.all(withdrawal.waiters.map((waiter) => wake(waiter, loginId).catch(() => undefined)));
    return 'withdrawn';
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #checkLater(): void {
    if (this.#stopped || this.#kept.size === 0) return;
    this.#timer ??= setTimeout(() => void this.#check(), checkEveryMs).unref();
  }

  async #check(): Promise<void> {
    const batch = [...this.#kept].slice(0, checkedAtOnce);
    await Promise.all(
      batch.map(async (loginId) => {
        this.#kept.delete(loginId);
        const state = await this.endIfWithdrawn(loginId).catch(() => 'stands');
        // At the end of the line: the others have their turn before it.
        if (state === 'stands') this.#kept.add(loginId);
      }),
    );
    this.#timer = undefined;
    this.#checkLater();
  }
}
