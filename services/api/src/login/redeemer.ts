import type { AccountStore } from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import { type GrantStore, type IssuedLogin, readIssuedLogin } from '@ravi/credentials';
import type { DeviceCode, LoginStore, Redemption, RedeemMode } from '@ravi/device-login';
import { deriveResultKey, openResult } from '@ravi/sealing';
import { type Clock, NewerFormat } from '@ravi/runtime';
import type { Logger, Tracing } from '@ravi/telemetry';
import type { Revocation } from '../access/revocation.ts';
import type { Reply } from '../http/reply.ts';
import type { IssuanceQueue } from '../issuance/queue.ts';
import type { WithdrawnApprovals } from './withdrawn-approvals.ts';
import { withExpiry } from './oauth-answer.ts';
import type { PresentedCode } from './presented-code.ts';
import {
  sendAborted,
  sendOtherResource,
  sendPendingEarly,
  sendSlowDown,
  sendTokenError,
} from './token-error.ts';

/** An approval that has no result after this time may have lost its job: it is added again. */
export const jobLostAfterMs = 5_000;

/** An approval that is not issued after this time may have to wait long for an issuer: it is checked whether it still stands. */
const slowlyIssuedMs = 500;

/** The pauses before it is noted again that an answer was written, when Redis is away. */
const completionRetryDelaysMs = [100, 500, 2_000];

export interface RedeemerDeps {
  readonly logins: LoginStore;
  readonly accountStore: AccountStore;
  readonly grants: GrantStore;
  readonly revocation: Revocation;
  readonly queue: IssuanceQueue;
  readonly withdrawnApprovals: WithdrawnApprovals;
  readonly clock: Clock;
  readonly instance: string;
  readonly pollIntervalSeconds: number;
  readonly logger: Logger;
  readonly audit: AuditLog;
  /** The answer with tokens that are bound to this key, where they were issued without; null when they are used up. */
  readonly bind: (issued: IssuedLogin, keyThumbprint: string) => Promise<string | null>;
  /** Tells another api instance to look at a login again. */
  readonly wake: (instance: string, loginId: string) => Promise<void>;
  /** Observes the milliseconds for which an approved program waited: from the approval to the answer, or from its request if that came later. */
  readonly onRedeemed: (waitedMs: number) => void;
  /** A program is told that its login has expired. */
  readonly onExpired: () => void;
  readonly tracing: Tracing | null;
}

/** Not settled yet: worth waiting for. */
export type OpenLogin = Extract<Redemption, { kind: 'pending' | 'approved' | 'leased' }>;

/** Whether a login is not settled yet. */
export function isOpen(redemption: Redemption): redemption is OpenLogin {
  return redemption.kind === 'pending' || redemption.kind === 'approved' || redemption.kind === 'leased';
}

/** Checks logins for their programs and writes the answers; the one place where a sealed result is opened. */
export class Redeemer {
  readonly #deps: RedeemerDeps;
  /** The notes to Redis, not finished yet, of whether an answer was written. */
  readonly #unnoted = new Set<Promise<void>>();
  #leases = 0;

  constructor(deps: RedeemerDeps) {
    this.#deps = deps;
  }

  /** A name for one request's lease. */
  newLease(): string {
    return `${this.#deps.instance}.${++this.#leases}`;
  }

  /** Asks for the result, and mends a login whose job was lost. Rejects when Redis is away. */
  async check(code: PresentedCode, mode: RedeemMode, lease: string): Promise<Redemption> {
    const { logins, queue, logger, withdrawnApprovals } = this.#deps;
    const { loginId } = code;
    const redemption = await logins.redeem({
      loginId,
      deviceCodeHash: code.hash,
      mode,
      lease,
      askedAtMs: code.askedAtMs,
      client: code.client,
    });
    if (redemption.kind === 'issued') withdrawnApprovals.forget(loginId);
    if (redemption.kind === 'approved' && redemption.approvedForMs > slowlyIssuedMs) {
      if ((await withdrawnApprovals.endIfWithdrawn(loginId)) === 'withdrawn') return { kind: 'denied' };
    }
    if (redemption.kind === 'approved' && redemption.approvedForMs > jobLostAfterMs) {
      logger.warn(
        { loginId, approvedForMs: redemption.approvedForMs },
        'approved but not issued; adding the job again',
      );
      await queue.addAgain(loginId, redemption.startedAtMs);
    }
    return redemption;
  }

  /**
   * Answers at once with the state of the login; the interval applies. With `earlySeconds` it does not: the request wanted to be
   * held, and is told to ask again after that time. Rejects when Redis is away.
   */
  async poll(
    code: PresentedCode,
    reply: Reply,
    { earlySeconds }: { readonly earlySeconds?: number } = {},
  ): Promise<void> {
    const lease = this.newLease();
    const isPaced = earlySeconds === undefined;
    const mode = isPaced ? ({ kind: 'poll' } as const) : ({ kind: 'check', instance: '' } as const);
    const redemption = await this.check(code, mode, lease).catch((error: unknown) => {
      this.abandon(code.loginId, lease);
      throw error;
    });
    if (!isOpen(redemption)) return this.answer(reply, code, redemption, lease);
    if (isPaced) sendTokenError(reply, 'authorization_pending');
    else sendPendingEarly(reply, earlySeconds);
  }

  /** Answers a login that is settled, or a poll that came too soon. */
  async answer(
    reply: Reply,
    code: PresentedCode,
    redemption: Exclude<Redemption, OpenLogin>,
    lease: string,
  ): Promise<void> {
    this.#deps.tracing?.step('ask', code.loginId, {
      beganAtMs: code.askedAtMs,
      attributes: { outcome: redemption.kind },
    });
    switch (redemption.kind) {
      case 'issued':
        return this.#deliver(reply, code, redemption, lease);
      case 'denied':
        return sendTokenError(reply, 'access_denied');
      case 'aborted':
        return sendAborted(reply);
      case 'expired':
        this.#deps.onExpired();
        return sendTokenError(reply, 'expired_token');
      case 'slowDown':
        return sendSlowDown(reply, redemption.intervalSeconds);
      case 'otherResource':
        return sendOtherResource(reply);
      case 'unknown':
      case 'redeemed':
        return sendTokenError(reply, 'invalid_grant');
    }
  }

  /**
   * A request ends whose last check failed: Redis may run that late, and runs this after it, so that the next request need not wait for the
   * end of a lease that nobody has. Never waits and never fails.
   */
  abandon(loginId: DeviceCode['loginId'], lease: string): void {
    this.#note(this.#giveBack(loginId, lease));
  }

  /** Resolves once Redis knows of every answer whether it was written. Its connection must stay open until then. */
  async allNoted(): Promise<void> {
    while (this.#unnoted.size > 0) await Promise.all(this.#unnoted);
  }

  /**
   * Hands over a leased result. Everything that can fail comes before the first byte; once the bytes are flushed the
   * login is completed; if the client is gone before that, the lease is given back.
   */
  async #deliver(
    reply: Reply,
    code: PresentedCode,
    { sealed, approvedForMs }: Extract<Redemption, { kind: 'issued' }>,
    lease: string,
  ): Promise<void> {
    const { logger, onRedeemed, pollIntervalSeconds, clock, tracing } = this.#deps;
    const { loginId } = code;
    const beganAtMs = clock.nowMs();
    // Whoever asks only after the approval, as programs that poll do, is not kept waiting before.
    const waitedMs = Math.min(approvedForMs, Math.max(0, beganAtMs - code.askedAtMs));
    let issued: IssuedLogin;
    let body: string | null;
    try {
      issued = readIssuedLogin(openResult(sealed, loginId, deriveResultKey(code.bytes)));
      if (!(await this.#record(issued))) {
        await this.#complete(loginId, lease);
        return sendTokenError(reply, 'access_denied');
      }
      body = await this.#answerFor(issued, code);
    } catch (error) {
      await this.#giveBack(loginId, lease);
      if (error instanceof NewerFormat) {
        logger.warn({ error, loginId }, 'left for a newer release');
        return sendPendingEarly(reply, pollIntervalSeconds);
      }
      throw error;
    }
    if (reply.isOver) return this.#giveBack(loginId, lease);
    if (body === null) {
      await this.#giveBack(loginId, lease);
      return sendTokenError(reply, 'invalid_grant');
    }
    if (reply.isQueued) {
      // Pipelined behind another answer: nobody knows when it will be written, and the lease would end before.
      await this.#giveBack(loginId, lease);
      return sendPendingEarly(reply, 1);
    }
    reply.onceOver((written) => {
      if (written) {
        onRedeemed(waitedMs);
        tracing?.step('answer', loginId, { beganAtMs });
        this.#audit(code, issued);
        logger.info({ loginId, approvedForMs: Math.round(approvedForMs) }, 'login redeemed');
        this.#note(this.#complete(loginId, lease));
      } else {
        logger.info({ loginId }, 'client left before its answer; the next poll gets it');
        this.#note(this.#giveBack(loginId, lease));
      }
    });
    const timing = `login;desc="approval to answer";dur=${approvedForMs.toFixed(1)}`;
    reply.send(200, body, 'Pragma', 'no-cache', 'Server-Timing', timing);
  }

  /**
   * Writes what was granted, just before it is handed over: credentials that nobody collects never exist. Writing it again, for a
   * login that is handed over a second time, changes nothing. False if the human has ended this grant or all of the account, or
   * deleted the identity since.
   */
  async #record({ grant, keys }: IssuedLogin): Promise<boolean> {
    const { accountStore, clock, grants, revocation } = this.#deps;
    const { id, userId, accountEpoch, identityUuid, address } = grant;
    const place = accountStore.epochPlace(userId, accountEpoch, identityUuid);
    const { stands, surplus } = await grants.add(grant, keys, place, clock.nowMs());
    if (!stands) await revocation.endGrant({ userId, address }, id, 'revoked');
    else if (surplus !== null) await revocation.endGrant({ userId, address }, surplus, 'too_many_logins');
    // Too few replicas have it: the lease is given back, and the program asks again.
    if (stands) await grants.replicated(id, grant.keyIds);
    return stands;
  }

  #audit({ loginId, address }: PresentedCode, { grant, keys }: IssuedLogin): void {
    const { audit } = this.#deps;
    const { id, userId: user, clientName: client } = grant;
    audit.note({ event: 'redeemed', login: loginId, grant: id, user, client, address });
    for (const { record } of keys) {
      const identity = record.identityUuid === '' ? {} : { identity: record.identityUuid };
      const { id: key, kind } = record;
      audit.note({ event: 'key_created', key, kind, user, grant: id, ...identity, address });
    }
  }

  /** The answer as it was issued, or bound to the key that was proven only after that. (RFC 9449 §5) */
  async #answerFor(issued: IssuedLogin, { client }: PresentedCode): Promise<string | null> {
    if (client === undefined) return issued.answer;
    const { keyThumbprint } = client;
    if (keyThumbprint !== '' && keyThumbprint !== issued.grant.keyThumbprint) {
      return this.#deps.bind(issued, keyThumbprint);
    }
    return withExpiry(issued, this.#deps.clock.nowMs());
  }

  async #complete(loginId: DeviceCode['loginId'], lease: string): Promise<void> {
    for (const retryDelayMs of [...completionRetryDelaysMs, null]) {
      try {
        const others = await this.#deps.logins.complete(loginId, lease);
        await Promise.all(others.map((instance) => this.#wakeOther(instance, loginId)));
        return;
      } catch (error) {
        // Not with node:timers/promises, whose time no test can advance.
        if (retryDelayMs !== null) await new Promise((resolve) => setTimeout(resolve, retryDelayMs));
        else {
          this.#deps.logger.warn(
            { loginId, error },
            'redeemed, but Redis could not be told; the code stays usable',
          );
        }
      }
    }
  }

  async #giveBack(loginId: DeviceCode['loginId'], lease: string): Promise<void> {
    try {
      await this.#wakeOther(await this.#deps.logins.release(loginId, lease), loginId);
    } catch {
      // Redis is away: the lease ends by itself.
    }
  }

  #note(noting: Promise<void>): void {
    this.#unnoted.add(noting);
    void noting.finally(() => this.#unnoted.delete(noting));
  }

  async #wakeOther(instance: string | null, loginId: string): Promise<void> {
    if (instance !== null) await this.#deps.wake(instance, loginId);
  }
}
