import { type LoginStore, type Redemption, settleGraceMs } from '@ravi/device-login';
import { isRedisUnavailable } from '@ravi/redis';
import type { Clock } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type { Reply } from '../http/reply.ts';
import type { PresentedCode } from './presented-code.ts';
import { isOpen, jobLostAfterMs, type Redeemer } from './redeemer.ts';
import { sendPendingEarly, sendTokenError } from './token-error.ts';

export interface HeldWaitsDeps {
  readonly redeemer: Redeemer;
  readonly logins: LoginStore;
  readonly instance: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly maxHeld: number;
  /** When a program that is answered early shall ask again. */
  readonly pollIntervalSeconds: number;
  readonly wake: (instance: string, loginId: string) => Promise<void>;
  readonly onUnavailable: (error: unknown) => void;
}

/** One held request. Kept small: there are tens of thousands of them. */
interface HeldWait {
  readonly code: PresentedCode;
  readonly reply: Reply;
  readonly lease: string;
  readonly beganMs: number;
  deadline: NodeJS.Timeout;
  /** A check is in progress; a wake-up meanwhile causes another one. */
  checking: boolean;
  checkAgain: boolean;
  recheck: NodeJS.Timeout | undefined;
}

/** How soon a wait is checked again while another request is being answered with its result. */
const leasedRecheckMs = 1_000;

/** How soon a wait is checked again after a check that failed: a command that was late brings no reconnect, after which a sweep follows. */
const failedRecheckMs = 1_000;

/**
 * A wait is held for this long even if a newer one takes its place: two programs with one code would otherwise take each other's
 * place without a pause.
 */
const minHeldMs = 1_000;

/** When a program shall ask again if another instance can hold its request. */
const elsewhereSeconds = 1;

/** Logins read in one pipeline by the sweep. */
const sweepBatch = 250;

/**
 * The requests that this process holds open. A held request costs a socket, a map entry and a timer: no Redis connection,
 * channel or command. Wake-ups are hints; the state of a login is only in Redis.
 */
export class HeldWaits {
  readonly #deps: HeldWaitsDeps;
  readonly #waits = new Map<string, HeldWait>();
  /** Waits whose place a newer one took, until they are answered. */
  readonly #superseded = new Set<HeldWait>();
  #closed = false;

  constructor(deps: HeldWaitsDeps) {
    this.#deps = deps;
  }

  /** Requests held now. */
  get size(): number {
    return this.#waits.size;
  }

  /**
   * Answers as soon as the login is settled, denied or expired, at the latest after `waitMs` with
   * `authorization_pending`. Resolves once the request is answered or held. Rejects, holding nothing, when Redis is away.
   */
  async hold(code: PresentedCode, reply: Reply, waitMs: number): Promise<void> {
    const { redeemer, maxHeld, clock } = this.#deps;
    // The client has left while its request was looked at: nothing would ever tell so again.
    if (reply.isOver) return;
    // `wait=0` is a poll: the interval applies.
    if (waitMs <= 0) return redeemer.poll(code, reply);
    if (this.#closed) return redeemer.poll(code, reply, { earlySeconds: elsewhereSeconds });
    if (this.#waits.size >= maxHeld) {
      return redeemer.poll(code, reply, { earlySeconds: this.#deps.pollIntervalSeconds });
    }
    const older = this.#waits.get(code.loginId);
    const untilExpiryMs = code.expiresAtMs - clock.nowMs();
    const wait: HeldWait = {
      code,
      reply,
      lease: redeemer.newLease(),
      beganMs: clock.nowMs(),
      // Just after the expiry, so that the last check sees it; for a wait that begins after the expiry, the end of the grace.
      deadline: setTimeout(
        () => this.#atDeadline(wait),
        Math.min(waitMs, untilExpiryMs > 0 ? untilExpiryMs + 20 : untilExpiryMs + settleGraceMs),
      ),
      checking: false,
      checkAgain: false,
      recheck: undefined,
    };
    // In the map before the first check: no wake-up can fall between the check and the wait.
    this.#waits.set(code.loginId, wait);
    if (older) this.#supersede(older);
    reply.onceOver(() => this.#forget(wait));
    try {
      await this.#check(wait, 'wait');
      if (!this.#isHeld(wait)) return;
      reply.isHeld = true;
      reply.detachSocket(() => this.#clientEnded(wait));
    } catch (error) {
      this.#giveUp(wait);
      throw error;
    }
  }

  onWakeup(loginId: string): void {
    const wait = this.#waits.get(loginId);
    if (wait) this.#checkSoon(wait);
  }

  /**
   * Reads the state of every held login, in pipelined batches spread over `spreadMs`, and checks those that
   * changed: so a lost wake-up costs seconds, not a login. Resolves when done; stops early when Redis goes away.
   */
  async sweep(spreadMs: number): Promise<void> {
    const waits = [...this.#waits.values()];
    const pauseMs = spreadMs / Math.ceil(waits.length / sweepBatch || 1);
    for (let at = 0; at < waits.length && !this.#closed; at += sweepBatch) {
      const batch = waits.slice(at, at + sweepBatch).filter((wait) => this.#isHeld(wait));
      const still = await this.#deps.logins.stillWaiting(
        batch.map((wait) => wait.code.loginId),
        this.#deps.instance,
      );
      batch.forEach((wait, index) => {
        // A newer request may have taken its place meanwhile, and gets the answer.
        if (!still[index] && this.#isHeld(wait)) this.#checkSoon(wait);
      });
      if (pauseMs > 1) await new Promise((resolve) => setTimeout(resolve, pauseMs).unref());
    }
  }

  /** Answers every held request `authorization_pending` and holds no more: the clients ask another instance, a second later. */
  close(): void {
    this.#closed = true;
    for (const wait of this.#superseded) {
      wait.reply.closeAfterwards();
      this.#dismissAtStop(wait);
    }
    for (const wait of this.#waits.values()) {
      wait.reply.closeAfterwards();
      // A check in progress may have leased the result already: then it answers, so that no client waits for the lease to end.
      if (!wait.checking) this.#dismissAtStop(wait);
    }
  }

  #checkSoon(wait: HeldWait): void {
    this.#check(wait, 'check').catch((error: unknown) => {
      const { loginId } = wait.code;
      if (this.#isHeld(wait) && !this.#closed) {
        // Redis is away, or was late: the wait continues.
        this.#deps.onUnavailable(error);
        this.#deps.logger.debug({ error, loginId }, 'could not check a held login');
        if (isRedisUnavailable(error)) this.#recheckIn(wait, failedRecheckMs);
      } else {
        // Writing the answer failed: the next request gets the result.
        this.#deps.logger.warn(
          { error, loginId },
          'could not answer a held login; its client must ask again',
        );
        this.#giveUp(wait);
        this.#dismiss(wait);
      }
    });
  }

  async #check(wait: HeldWait, kind: 'wait' | 'check'): Promise<void> {
    if (wait.checking) {
      wait.checkAgain = true;
      return;
    }
    wait.checking = true;
    try {
      do {
        wait.checkAgain = false;
        const { redeemer, instance } = this.#deps;
        await this.#react(wait, await redeemer.check(wait.code, { kind, instance }, wait.lease), kind);
        kind = 'check';
      } while (wait.checkAgain && this.#isHeld(wait));
      if (this.#closed && this.#isHeld(wait)) this.#dismissAtStop(wait);
      if (wait.reply.hasClientEnded) this.#answerEarly(wait);
    } finally {
      wait.checking = false;
    }
  }

  async #react(wait: HeldWait, redemption: Redemption, kind: 'wait' | 'check'): Promise<void> {
    const { redeemer, wake } = this.#deps;
    if (!isOpen(redemption)) {
      // Answered even if it is no longer held: an answer to a client that left returns the lease.
      this.#forget(wait);
      return redeemer.answer(wait.reply, wait.code, redemption, wait.lease);
    }
    if (redemption.otherWaiter !== null) {
      // Only the newest wait stays.
      if (kind === 'check') return this.#supersede(wait);
      void wake(redemption.otherWaiter, wait.code.loginId).catch(() => undefined);
    }
    if (!this.#isHeld(wait)) return;
    if (redemption.kind === 'leased')
      this.#recheckIn(wait, Math.min(redemption.remainingMs, leasedRecheckMs));
    // Once more when its job counts as lost: the check adds it again, and no wake-up would come before.
    if (redemption.kind === 'approved' && redemption.approvedForMs <= jobLostAfterMs)
      this.#recheckIn(wait, jobLostAfterMs - redemption.approvedForMs + 1);
  }

  #recheckIn(wait: HeldWait, ms: number): void {
    clearTimeout(wait.recheck);
    wait.recheck = setTimeout(() => this.#checkSoon(wait), ms);
  }

  /**
   * The client has ended its side. Nobody knows whether it still reads, so it is answered now; a check in progress may still get it
   * the result.
   */
  #clientEnded(wait: HeldWait): void {
    if (!wait.checking) this.#answerEarly(wait);
  }

  /** Answers a held wait before its time. */
  #answerEarly(wait: HeldWait): void {
    if (!this.#isHeld(wait)) return;
    this.#forget(wait);
    sendPendingEarly(wait.reply, this.#deps.pollIntervalSeconds);
  }

  /** Another request for the same login is held now: answers this one, but not before it was held for a second. */
  #supersede(wait: HeldWait): void {
    this.#forget(wait);
    // The machine's clock may have been set back.
    const restMs = Math.min(minHeldMs, wait.beganMs + minHeldMs - this.#deps.clock.nowMs());
    const answer = () => {
      this.#forget(wait);
      sendPendingEarly(wait.reply, this.#deps.pollIntervalSeconds);
    };
    if (restMs <= 0 || this.#closed) return answer();
    this.#superseded.add(wait);
    wait.deadline = setTimeout(answer, restMs);
  }

  /** The time is over: checks once more if the login may just have expired, then answers `authorization_pending`. */
  #atDeadline(wait: HeldWait): void {
    if (this.#deps.clock.nowMs() < wait.code.expiresAtMs) {
      // It was to be checked again: its last check may have failed.
      if (wait.recheck !== undefined) this.#giveUp(wait);
      return this.#dismiss(wait);
    }
    this.#check(wait, 'check').then(
      () => this.#dismiss(wait),
      () => {
        this.#giveUp(wait);
        this.#dismiss(wait);
      },
    );
  }

  /** Answers `authorization_pending`, if the wait is not answered yet. */
  #dismiss(wait: HeldWait): void {
    this.#forget(wait);
    sendTokenError(wait.reply, 'authorization_pending');
  }

  /** Answers a wait because this instance stops: another one can hold it at once. */
  #dismissAtStop(wait: HeldWait): void {
    this.#forget(wait);
    sendPendingEarly(wait.reply, elsewhereSeconds);
  }

  /** The request ends with a check that failed, which Redis may run late: nobody would get what that leases to it. */
  #giveUp(wait: HeldWait): void {
    this.#forget(wait);
    this.#deps.redeemer.abandon(wait.code.loginId, wait.lease);
  }

  /** The request is over, answered or not. */
  #forget(wait: HeldWait): void {
    clearTimeout(wait.deadline);
    clearTimeout(wait.recheck);
    this.#superseded.delete(wait);
    if (this.#isHeld(wait)) this.#waits.delete(wait.code.loginId);
  }

  #isHeld(wait: HeldWait): boolean {
    return this.#waits.get(wait.code.loginId) === wait;
  }
}
