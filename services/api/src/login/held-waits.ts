import { type LoginStore, type Redemption, settleGraceMs } from '@ravi/device-login';
import type { Clock } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type { Reply } from '../http/reply.ts';
import type { PresentedCode } from './presented-code.ts';
import type { Redeemer } from './redeemer.ts';

/** What holding needs. */
export interface HeldWaitsDeps {
  readonly redeemer: Redeemer;
  readonly logins: LoginStore;
  readonly instance: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly maxHeld: number;
  readonly wake: (instance: string, loginId: string) => Promise<void>;
}

/** One held request. Kept small: there are tens of thousands of them. */
interface HeldWait {
  readonly code: PresentedCode;
  readonly reply: Reply;
  readonly lease: string;
  readonly deadline: NodeJS.Timeout;
  /** A look is under way; a wake-up in the meantime asks for another. */
  looking: boolean;
  lookAgain: boolean;
  recheck: NodeJS.Timeout | undefined;
}

/** How soon a wait is looked at again while another request is being answered with its result. */
const leasedRecheckMs = 1_000;

/** Logins read in one pipeline by the sweep. */
const sweepBatch = 250;

/**
 * The requests that this process holds open. A held request costs a socket, a map entry and a timer: no Redis connection,
 * channel or command. Wake-ups are hints; what a login is, only Redis says.
 */
export class HeldWaits {
  readonly #deps: HeldWaitsDeps;
  readonly #waits = new Map<string, HeldWait>();
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
    const lease = redeemer.newLease();
    if (this.#closed || this.#waits.size >= maxHeld || waitMs <= 0) {
      // Asking to be held for no time is polling, and its pace counts.
      const mode = waitMs <= 0 ? ({ kind: 'poll' } as const) : ({ kind: 'look', instance: '' } as const);
      const redemption = await redeemer.look(code, mode, lease);
      if (isOpen(redemption)) reply.sendError('authorization_pending');
      else await redeemer.answer(reply, code, redemption, lease);
      return;
    }
    const older = this.#waits.get(code.loginId);
    const untilExpiryMs = code.expiresAtMs - clock.nowMs();
    const wait: HeldWait = {
      code,
      reply,
      lease,
      // A moment past the expiry, so that the last look sees it; while the grace lasts, an approval is waited for.
      deadline: setTimeout(
        () => this.#atDeadline(wait),
        Math.min(waitMs, untilExpiryMs > 0 ? untilExpiryMs + 20 : untilExpiryMs + settleGraceMs),
      ),
      looking: false,
      lookAgain: false,
      recheck: undefined,
    };
    // In the map before the first look: no wake-up can fall between the look and the wait.
    this.#waits.set(code.loginId, wait);
    if (older) this.#dismiss(older);
    reply.onceOver(() => this.#forget(wait));
    try {
      await this.#look(wait, 'wait');
      if (this.#isHeld(wait) && !reply.letGo()) this.#dismiss(wait);
    } catch (error) {
      this.#forget(wait);
      throw error;
    }
  }

  /** A wake-up arrived. */
  onWakeup(loginId: string): void {
    const wait = this.#waits.get(loginId);
    if (wait) this.#lookSoon(wait);
  }

  /**
   * Reads the state of every held login, in pipelined batches spread over `spreadMs`, and looks closer at those that
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
        if (!still[index]) this.#lookSoon(wait);
      });
      if (pauseMs > 1) await new Promise((resolve) => setTimeout(resolve, pauseMs).unref());
    }
  }

  /** Answers every held request `authorization_pending` and holds no more: the clients ask again, elsewhere. */
  close(): void {
    this.#closed = true;
    for (const wait of this.#waits.values()) {
      wait.reply.closeAfterwards();
      // A look under way may have leased the result already: then it answers, and nobody waits for the lease to end.
      if (!wait.looking) this.#dismiss(wait);
    }
  }

  #lookSoon(wait: HeldWait): void {
    this.#look(wait, 'look').catch((error: unknown) => {
      const { loginId } = wait.code;
      if (this.#isHeld(wait) && !this.#closed) {
        // Redis is away: the wait goes on, and the sweep after the reconnect looks again.
        this.#deps.logger.debug({ error, loginId }, 'could not look at a held login');
      } else {
        // It failed while handing over: whoever asks next finds the result again.
        this.#deps.logger.warn(
          { error, loginId },
          'could not answer a held login; its client is to ask again',
        );
        this.#dismiss(wait);
      }
    });
  }

  async #look(wait: HeldWait, kind: 'wait' | 'look'): Promise<void> {
    if (wait.looking) {
      wait.lookAgain = true;
      return;
    }
    wait.looking = true;
    try {
      do {
        wait.lookAgain = false;
        const { redeemer, instance } = this.#deps;
        await this.#react(wait, await redeemer.look(wait.code, { kind, instance }, wait.lease), kind);
        kind = 'look';
      } while (wait.lookAgain && this.#isHeld(wait));
      if (this.#closed && this.#isHeld(wait)) this.#dismiss(wait);
    } finally {
      wait.looking = false;
    }
  }

  async #react(wait: HeldWait, redemption: Redemption, kind: 'wait' | 'look'): Promise<void> {
    const { redeemer, wake } = this.#deps;
    if (!isOpen(redemption)) {
      // Answered even if it is no longer held: handing over to a client that left gives the lease back.
      this.#forget(wait);
      return redeemer.answer(wait.reply, wait.code, redemption, wait.lease);
    }
    if (redemption.otherWaiter !== null) {
      // The newest wait is the one that stays.
      if (kind === 'look') return this.#dismiss(wait);
      void wake(redemption.otherWaiter, wait.code.loginId).catch(() => undefined);
    }
    if (redemption.kind === 'leased' && this.#isHeld(wait)) {
      clearTimeout(wait.recheck);
      wait.recheck = setTimeout(
        () => this.#lookSoon(wait),
        Math.min(redemption.remainingMs, leasedRecheckMs),
      );
    }
  }

  /** The time is over: one last look where the login may just have expired, then "ask again". */
  #atDeadline(wait: HeldWait): void {
    if (this.#deps.clock.nowMs() < wait.code.expiresAtMs) return this.#dismiss(wait);
    this.#look(wait, 'look').then(
      () => this.#dismiss(wait),
      () => this.#dismiss(wait),
    );
  }

  /** Answers `authorization_pending`, if the wait is not answered yet. */
  #dismiss(wait: HeldWait): void {
    this.#forget(wait);
    wait.reply.sendError('authorization_pending');
  }

  /** The request is over, answered or not. */
  #forget(wait: HeldWait): void {
    clearTimeout(wait.deadline);
    clearTimeout(wait.recheck);
    if (this.#isHeld(wait)) this.#waits.delete(wait.code.loginId);
  }

  #isHeld(wait: HeldWait): boolean {
    return this.#waits.get(wait.code.loginId) === wait;
  }
}

/** Not settled yet: worth waiting for. */
function isOpen(
  redemption: Redemption,
): redemption is Extract<Redemption, { kind: 'pending' | 'approved' | 'leased' }> {
  return redemption.kind === 'pending' || redemption.kind === 'approved' || redemption.kind === 'leased';
}
