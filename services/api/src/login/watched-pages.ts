import type { LoginId, LoginStore, Progress } from '@ravi/device-login';
import { Waiters } from '@ravi/wakeups';

/** Maximum of held pages for one account: a few tabs. */
const maxPerAccount = 4;

export interface WatchedPagesDeps {
  readonly logins: LoginStore;
  readonly instance: string;
  /** Maximum of held requests; further pages must ask again later. */
  readonly maxHeld: number;
  readonly holdMs: number;
}

/** The progress of the login, and whether the page could not be held. */
export interface Watched {
  readonly progress: Progress;
  readonly turnedAway: boolean;
}

/**
 * Held requests of pages that show when the program has collected its credentials. Wake-ups of logins wake them; they cost no Redis
 * command while they wait. Their number is limited, in total and for each account, and so is their time.
 */
export class WatchedPages {
  readonly #deps: WatchedPagesDeps;
  readonly #waiters = new Waiters();

  constructor(deps: WatchedPagesDeps) {
    this.#deps = deps;
  }

  /** Pages held now. */
  get size(): number {
    return this.#waiters.size;
  }

  /** No page is held any more: each connection ends with its next answer. */
  get closed(): boolean {
    return this.#waiters.closed;
  }

  /**
   * Resolves once the login is settled, at the latest after `holdMs`, or at once if no more pages may be held. `gone` ends it
   * early: the page was closed. Rejects if Redis is away.
   */
  async follow(loginId: LoginId, userId: number, gone: AbortSignal): Promise<Watched> {
    const { logins, instance, holdMs } = this.#deps;
    if (this.closed || this.#isFull(userId)) {
      return { progress: await logins.watch(loginId, userId, ''), turnedAway: !this.closed };
    }
    // Registered before the first check: no wake-up can fall between the check and the wait.
    const waiter = this.#waiters.register(loginId, {
      timeoutMs: holdMs,
      signal: gone,
      group: String(userId),
    });
    try {
      let progress: Progress;
      do progress = await logins.watch(loginId, userId, instance);
      while (progress === 'waiting' && (await waiter.next()) === 'check');
      return { progress, turnedAway: false };
    } finally {
      waiter.stop();
    }
  }

  onWakeup(loginId: string): void {
    this.#waiters.hint(loginId);
  }

  /** Wake-ups may have been missed. */
  onGap(): void {
    this.#waiters.gap();
  }

  /** Answers every page and holds no more: they ask another instance. */
  close(): void {
    this.#waiters.close();
  }

  #isFull(userId: number): boolean {
    return this.size >= this.#deps.maxHeld || this.#waiters.sizeOf(String(userId)) >= maxPerAccount;
  }
}
