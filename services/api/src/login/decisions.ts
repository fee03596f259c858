import type { AccountStore, IdentityStore } from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import {
  type Decision,
  type FoldedUserCode,
  foldUserCode,
  type LoginCandidate,
  loginCandidates,
  type LoginId,
  type LoginStore,
  type LoginSummary,
  type MadeDecision,
  type PastDecision,
  type PastDecisions,
  verificationOf,
} from '@ravi/device-login';
import type { Clock, ServiceKeyGenerations } from '@ravi/runtime';
import type { Logger, Tracing } from '@ravi/telemetry';
import type { ApprovalRequest } from './approval-request.ts';
import type { Approver } from './approver.ts';
import type { IssuanceQueue } from '../issuance/queue.ts';
import type { WithdrawnApprovals } from './withdrawn-approvals.ts';
import type { WrongCodesAlarm } from '../limits/wrong-codes-alarm.ts';
import type { Guess, Limits } from '../limits/limits.ts';
import { isNumberNeeded, type NumberMatchingPolicy } from './number-matching-policy.ts';
import { Problem } from '../http/problem.ts';
import {
  newIdentityUuid,
  type IdentityChoice,
  resolveIdentity,
  createChosenIdentity,
} from './identity-choice.ts';

export interface DecisionsDeps {
  readonly logins: LoginStore;
  readonly pastDecisions: PastDecisions;
  readonly accountStore: AccountStore;
  readonly identities: IdentityStore;
  readonly queue: IssuanceQueue;
  readonly withdrawnApprovals: WithdrawnApprovals;
  readonly limits: Limits;
  readonly alarm: WrongCodesAlarm;
  readonly keys: ServiceKeyGenerations;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: AuditLog;
  readonly wake: (instance: string, loginId: LoginId) => Promise<void>;
  /** The domain of the addresses that new identities get. */
  readonly identityEmailDomain: string;
  readonly numberMatching: NumberMatchingPolicy;
  /** Decisions, each counted once however often it is repeated. */
  readonly metrics: Record<'approved' | 'denied' | 'wrongNumber', () => void>;
  readonly tracing: Tracing | null;
}

/** An identity for which an approval can be made. */
type UsableIdentity = Extract<IdentityChoice, { kind: 'usable' | 'new' }>;

/** The outcome of an approval: decided, or not because of the requested identity or number. */
export type Approval =
  | Decision
  | Exclude<IdentityChoice, UsableIdentity>
  /** The number that the program shows must be picked. */
  | { readonly kind: 'numberNeeded' }
  /** Another number was picked: the login is denied. */
  | { readonly kind: 'wrongNumber' };

/** The login may be approved for this identity; empty for none. */
interface Ready {
  readonly kind: 'ready';
  readonly identityUuid: string;
}

/** A login that a human was led to by its user_code. */
export interface FoundLogin {
  readonly userCode: FoldedUserCode;
  readonly loginId: LoginId;
  readonly summary: LoginSummary;
  /** The numbers to pick the program's from; none where an approval needs none. */
  readonly numbers: readonly string[];
}

/** A login that was decided. */
export interface DecidedLogin extends LoginSummary {
  readonly loginId: LoginId;
  readonly decision: MadeDecision;
}

/** What humans do with logins: look one up by its user_code, approve it, deny it. Pages and JSON calls share it. */
export class Decisions {
  readonly #deps: DecisionsDeps;

  constructor(deps: DecisionsDeps) {
    this.#deps = deps;
  }

  /** Finds a login for a human who is about to decide; null when there is none. A wrong code counts as a guess. */
  async find(typedCode: string, approver: Approver): Promise<FoundLogin | null> {
    return this.#guess(typedCode, approver, async (userCode) => {
      for (const { loginId, keys } of loginCandidates(userCode, this.#deps.keys)) {
        const summary = await this.#deps.logins.describe(loginId, this.#deps.clock.nowMs());
        if (!summary) continue;
        const needed = isNumberNeeded(this.#deps.numberMatching, summary.address, approver.address);
        return { userCode, loginId, summary, numbers: needed ? verificationOf(loginId, keys).choice : [] };
      }
      return null;
    });
  }

  /**
   * A login that this person decided; null for every other, so that nothing can be learnt by guessing codes, and no guess is counted.
   */
  async decidedBy(userCode: FoldedUserCode, userId: number): Promise<DecidedLogin | null> {
    for (const { loginId } of loginCandidates(userCode, this.#deps.keys)) {
      const summary = await this.#deps.logins.describe(loginId, this.#deps.clock.nowMs());
      if (summary?.decision?.userId === userId) return { ...summary, loginId, decision: summary.decision };
    }
    return null;
  }

  /**
   * What this person decided about the code within the last day, even if the login is gone; null if nothing is remembered. No guess
   * is counted.
   */
  async recall(userCode: FoldedUserCode, userId: number): Promise<PastDecision | null> {
    const loginIds = [...loginCandidates(userCode, this.#deps.keys)].map(({ loginId }) => loginId);
    return this.#deps.pastDecisions.find(userId, loginIds);
  }

  /** Remembers a decision for a day. A failure is harmless: until the login expires, the login itself tells the same. */
  async remember({ loginId, state, clientName, clientId, decision }: DecidedLogin): Promise<void> {
    const past = { loginId, denied: state === 'denied', clientName, clientId, decision };
    await this.#deps.pastDecisions.note(past).catch(() => undefined);
  }

  /**
   * Approves. Once this resolves with `approved`, the login will be issued even if this process dies: the next request for the login
   * adds the job if it is missing. Throws a Problem for a malformed code, and for too many guesses or approvals.
   */
  async approve(typedCode: string, request: ApprovalRequest, approver: Approver): Promise<Approval> {
    const identity = await resolveIdentity(request, approver.account.id, this.#deps.accountStore);
    if (identity.kind !== 'usable' && identity.kind !== 'new') return identity;
    await this.#deps.limits.admitApproval(approver.account.id);
    return this.#decide<Approval>(typedCode, approver, (candidate) =>
      this.#approve(candidate, request, identity, approver),
    );
  }

  async #approve(
    candidate: LoginCandidate,
    request: ApprovalRequest,
    identity: UsableIdentity,
    approver: Approver,
  ): Promise<Approval> {
    const { accountStore, logins, queue, withdrawnApprovals, logger, clock, tracing } = this.#deps;
    const beganAtMs = clock.nowMs();
    const { account, requestId } = approver;
    const { loginId } = candidate;
    const prepared = await this.#prepare(candidate, request, identity, approver);
    if (prepared.kind !== 'ready') return prepared;
    const { identityUuid } = prepared;
    const decision = await logins.approve(
      loginId,
      account.id,
      identityUuid,
      request.keys,
      approver.language,
      account.epoch,
    );
    if (decision.kind === 'identityOnly') {
      // The client may have one identity alone: the same approval with that scope.
      const narrower: ApprovalRequest = { ...request, keys: { ...request.keys, scope: 'identity' } };
      const its = await resolveIdentity(narrower, account.id, accountStore);
      const isUsable = its.kind === 'usable' || its.kind === 'new';
      return isUsable ? this.#approve(candidate, narrower, its, approver) : its;
    }
    if (decision.kind !== 'approved') return decision;
    logger.info({ loginId, requestId, userId: account.id, again: decision.again }, 'login approved');
    this.#note('approved', loginId, approver, decision);
    withdrawnApprovals.note(loginId);
    try {
      const { again, startedAtMs } = decision;
      await (again
        ? queue.addAgain(loginId, startedAtMs)
        : queue.add({ loginId, userId: account.id, startedAtMs }));
    } catch (error) {
      logger.warn(
        { loginId, requestId, error },
        'approved, but the job could not be added; the next request for the login adds it',
      );
    }
    tracing?.step('approve', loginId, { beganAtMs, attributes: { requestId } });
    return decision;
  }

  /** Denies, and tells the waiting program at once. */
  async deny(typedCode: string, approver: Approver): Promise<Decision> {
    return this.#decide(typedCode, approver, ({ loginId }) => this.#deny(loginId, approver));
  }

  async #deny(loginId: LoginId, approver: Approver, reason?: 'wrong_number'): Promise<Decision> {
    const { logins, wake, logger, clock, tracing } = this.#deps;
    const beganAtMs = clock.nowMs();
    const { account, requestId } = approver;
    const [decision, client] = await Promise.all([
      logins.deny(loginId, account.id, reason),
      this.#nameOf(loginId),
    ]);
    if (decision.kind !== 'denied') return decision;
    logger.info({ loginId, requestId, userId: account.id }, 'login denied');
    this.#note('denied', loginId, approver, decision, {
      ...(client && { client }),
      ...(reason && { reason }),
    });
    tracing?.step('deny', loginId, { beganAtMs, attributes: { requestId } });
    // A lost hint costs seconds: the sweep finds the denial.
    if (decision.waiter !== null) await wake(decision.waiter, loginId).catch(() => undefined);
    return decision;
  }

  /**
   * Compares the picked number, then creates the new identity, if the login is pending; for any other login the approval itself
   * tells the state. A wrong number denies the login: with three to choose from, a second try would be as good as knowing it. If
   * somebody else decides the login at this moment, the new identity stays.
   */
  async #prepare(
    { loginId, keys }: LoginCandidate,
    request: ApprovalRequest,
    identity: UsableIdentity,
    approver: Approver,
  ): Promise<Ready | Approval> {
    const { identities, logins, clock, logger, numberMatching, identityEmailDomain: domain } = this.#deps;
    const given = identity.kind === 'usable' ? identity.uuid : '';
    if (identity.kind === 'usable' && numberMatching === 'off') return { kind: 'ready', identityUuid: given };
    const summary = await logins.describe(loginId, clock.nowMs());
    if (summary?.state !== 'pending') return { kind: 'ready', identityUuid: given };
    if (isNumberNeeded(numberMatching, summary.address, approver.address)) {
      if (request.number === '') return { kind: 'numberNeeded' };
      if (request.number !== verificationOf(loginId, keys).right) {
        this.#deps.metrics.wrongNumber();
        logger.warn(
          { loginId, requestId: approver.requestId },
          'a wrong number was picked; the login is denied',
        );
        const denial = await this.#deny(loginId, approver, 'wrong_number');
        return denial.kind === 'denied' ? { kind: 'wrongNumber' } : denial;
      }
    }
    if (identity.kind === 'usable') return { kind: 'ready', identityUuid: given };
    const uuid = newIdentityUuid(loginId, summary.startedAtMs, approver.account.id);
    const nowMs = clock.nowMs();
    const { account, address } = approver;
    const creation = await createChosenIdentity(identities, account.id, identity.name, {
      uuid,
      domain,
      nowMs,
    });
    if (creation === 'tooMany') return { kind: 'tooManyIdentities' };
    if (creation === 'created') {
      this.#deps.audit.note({
        event: 'identity_created',
        identity: uuid,
        user: account.id,
        login: loginId,
        address,
      });
    }
    return { kind: 'ready', identityUuid: uuid };
  }

  async #decide<Outcome extends Approval>(
    typedCode: string,
    approver: Approver,
    decide: (candidate: LoginCandidate) => Promise<Outcome>,
  ): Promise<Outcome | Extract<Decision, { kind: 'unknown' }>> {
    const decision = await this.#guess(typedCode, approver, async (userCode) => {
      for (const candidate of loginCandidates(userCode, this.#deps.keys)) {
        const outcome = await decide(candidate);
        if (outcome.kind !== 'unknown') return outcome;
      }
      return null;
    });
    return decision ?? { kind: 'unknown' };
  }

  /** Looks up a typed code; null if no login has it. It counts as a wrong guess until it turns out right or could not be looked up. */
  async #guess<Found>(
    typedCode: string,
    approver: Approver,
    look: (userCode: FoldedUserCode) => Promise<Found | null>,
  ): Promise<Found | null> {
    const { userCode, guess } = await this.#admit(typedCode, approver);
    let found: Found | null;
    try {
      found = await look(userCode);
    } catch (error) {
      void guess.takeBack();
      throw error;
    }
    if (found === null) {
      await guess.wrong();
      await this.#wrongCode(approver);
    } else {
      // Not awaited: a connection keeps the order of its commands, so that the next guess is counted after it.
      void guess.takeBack();
    }
    return found;
  }

  /** What the program calls itself; empty if it does not say, or if that cannot be read now. */
  async #nameOf(loginId: LoginId): Promise<string> {
    const { logins, clock } = this.#deps;
    const summary = await logins.describe(loginId, clock.nowMs()).catch(() => null);
    return summary?.clientName ?? '';
  }

  /** Counts and notes a decision, unless it was made before and only repeated. */
  #note(
    event: 'approved' | 'denied',
    login: LoginId,
    { account, address }: Approver,
    { again }: { again: boolean },
    more: { readonly client?: string; readonly reason?: 'wrong_number' } = {},
  ): void {
    if (again) return;
    this.#deps.metrics[event]();
    this.#deps.audit.note({ event, login, user: account.id, address, ...more });
  }

  async #wrongCode({ account, address }: Approver): Promise<void> {
    this.#deps.audit.note({ event: 'wrong_code', user: account.id, address });
    await this.#deps.alarm.wrongCode();
  }

  async #admit(
    typedCode: string,
    approver: Approver,
  ): Promise<{ readonly userCode: FoldedUserCode; readonly guess: Guess }> {
    const userCode = foldUserCode(typedCode);
    if (userCode === null) {
      throw new Problem(
        'invalid_request',
        'user_code: is not a code of this service; it looks like BCDF-GHJK.',
        { field: 'user_code' },
      );
    }
    const guess = await this.#deps.limits.admitCodeEntry(approver.address, approver.account.id);
    return { userCode, guess };
  }
}
