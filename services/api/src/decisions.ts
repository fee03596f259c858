import type { AccountStore } from '@ravi/accounts';
import {
  candidateLoginIds,
  type Decision,
  type FoldedUserCode,
  foldUserCode,
  type LoginId,
  type LoginStore,
  type LoginSummary,
} from '@ravi/device-login';
import type { Clock, ServiceKeyGenerations } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type { ApprovalWish } from './approval-wish.ts';
import type { Approver } from './approver.ts';
import type { IssuanceQueue } from './issuance-queue.ts';
import type { GuessingAlarm } from './limits/guessing-alarm.ts';
import type { CodeEntry, Limits } from './limits/limits.ts';
import { Problem } from './problem.ts';
import { newIdentityUuid, type WishedIdentity, wishedIdentity } from './wished-identity.ts';

/** What deciding needs. */
export interface DecisionsDeps {
  readonly logins: LoginStore;
  readonly accounts: AccountStore;
  readonly queue: IssuanceQueue;
  readonly limits: Limits;
  readonly alarm: GuessingAlarm;
  readonly keys: ServiceKeyGenerations;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly wake: (instance: string, loginId: LoginId) => Promise<void>;
  /** The domain of the addresses that new identities get. */
  readonly identityEmailDomain: string;
}

/** What became of an approval: decided, or not because of what was wished for; then nothing changed. */
export type Approval = Decision | Exclude<WishedIdentity, { kind: 'usable' | 'new' }>;

/** A login that a human was led to by its user_code. */
export interface FoundLogin {
  readonly userCode: FoldedUserCode;
  readonly loginId: LoginId;
  readonly summary: LoginSummary;
}

/** What humans do with logins: look one up by its user_code, approve it, deny it. Pages and JSON calls share it. */
export class Decisions {
  readonly #deps: DecisionsDeps;

  constructor(deps: DecisionsDeps) {
    this.#deps = deps;
  }

  /** Finds a login for a human who is about to decide; null when there is none. A wrong code counts as a guess. */
  async find(typedCode: string, approver: Approver): Promise<FoundLogin | null> {
    const { userCode, entry } = await this.#admit(typedCode, approver);
    for (const loginId of candidateLoginIds(userCode, this.#deps.keys)) {
      const summary = await this.#deps.logins.describe(loginId, this.#deps.clock.nowMs());
      if (!summary) continue;
      await forgive(entry);
      return { userCode, loginId, summary };
    }
    await this.#deps.alarm.wrongCode();
    return null;
  }

  /**
   * Approves. Once this resolves with `approved`, the login will be issued, whatever dies now: should the job not be
   * added here, whoever asks for the login next adds it. Throws a Problem for a malformed code or too many guesses.
   */
  async approve(typedCode: string, wish: ApprovalWish, approver: Approver): Promise<Approval> {
    const { accounts, logins, queue, logger } = this.#deps;
    const { account, requestId } = approver;
    const identity = await wishedIdentity(wish, account.id, accounts);
    if (identity.kind !== 'usable' && identity.kind !== 'new') return identity;
    return this.#decide(typedCode, approver, async (loginId) => {
      const uuid =
        identity.kind === 'new'
          ? await this.#createIdentity(loginId, identity.name, account.id)
          : identity.uuid;
      const decision = await logins.approve(loginId, account.id, uuid, wish.keys);
      if (decision.kind !== 'approved') return decision;
      logger.info({ loginId, requestId, userId: account.id, again: decision.again }, 'login approved');
      try {
        await queue.add(loginId, decision.startedAtMs);
      } catch (error) {
        logger.warn(
          { loginId, requestId, error },
          'approved, but the job could not be added; the next look adds it',
        );
      }
      return decision;
    });
  }

  /** Denies, and tells the waiting program at once. */
  async deny(typedCode: string, approver: Approver): Promise<Decision> {
    const { logins, wake, logger } = this.#deps;
    return this.#decide(typedCode, approver, async (loginId) => {
      const decision = await logins.deny(loginId, approver.account.id);
      if (decision.kind !== 'denied') return decision;
      logger.info({ loginId, requestId: approver.requestId, userId: approver.account.id }, 'login denied');
      // A lost hint costs seconds: the sweep finds the denial.
      if (decision.waiter !== null) await wake(decision.waiter, loginId).catch(() => undefined);
      return decision;
    });
  }

  /**
   * Creates the identity that comes with an approval, for a login that is still pending. Before the approval, since that
   * cannot be undone: where somebody else decides in between, the account is left with one identity more.
   */
  async #createIdentity(loginId: LoginId, name: string, userId: number): Promise<string> {
    const { accounts, logins, clock, identityEmailDomain: domain } = this.#deps;
    const summary = await logins.describe(loginId, clock.nowMs());
    if (summary === null) return '';
    const uuid = newIdentityUuid(loginId, summary.startedAtMs, userId);
    if (summary.state === 'pending')
      await accounts.addIdentity(userId, { uuid, name, domain }, clock.nowMs());
    return uuid;
  }

  async #decide(
    typedCode: string,
    approver: Approver,
    decide: (loginId: LoginId) => Promise<Decision>,
  ): Promise<Decision> {
    const { userCode, entry } = await this.#admit(typedCode, approver);
    for (const loginId of candidateLoginIds(userCode, this.#deps.keys)) {
      const decision = await decide(loginId);
      if (decision.kind === 'unknown') continue;
      await forgive(entry);
      return decision;
    }
    await this.#deps.alarm.wrongCode();
    return { kind: 'unknown' };
  }

  async #admit(
    typedCode: string,
    approver: Approver,
  ): Promise<{ readonly userCode: FoldedUserCode; readonly entry: CodeEntry }> {
    const userCode = foldUserCode(typedCode);
    if (userCode === null) {
      throw new Problem(
        'invalid_request',
        'user_code: is not a code of this service; it looks like BCDF-GHJK.',
      );
    }
    const entry = await this.#deps.limits.admitCodeEntry(approver.address, approver.account.id);
    return { userCode, entry };
  }
}

/** What was decided stands, even where the counter cannot be told. */
async function forgive(entry: CodeEntry): Promise<void> {
  await entry.wasRight().catch(() => undefined);
}
