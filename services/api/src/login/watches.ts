import type { LoginId, LoginStore, Progress } from '@ravi/device-login';
import { Waiters } from '@ravi/wakeups';

/** Pages of one account that are held at a time: a few tabs. */
const maxPerAccount = 4;

export interface WatchesDeps {
  readonly logins: LoginStore;
  readonly instance: string;
  /** Requests that are held at most; above it, pages are told to ask again later. */
  readonly maxHeld: number;
  readonly holdMs: number;
}

/** How far the program is, and whether the page was held until now or turned away. */
export interface Watched {
  readonly progress: Progress;
  readonly turnedAway: boolean;
}

/**
 * Pages that want to know when the program has collected its credentials. They are woken by the wake-ups of logins, cost no
 * command of Redis while they wait, and are bounded in number, in total and for each account, and in time.
 */
export class Watches {
  readonly #deps: WatchesDeps;
  readonly #waiters = new Waiters();

  constructor(deps: WatchesDeps) {
    this.#deps = deps;
  }

  /** Pages held now. */
  get size(): number {
    return this.#waiters.size;
  }

  /** No page is held any more: the next answers are the last on their connections. */
  get closed(): boolean {
    return this.#waiters.closed;
  }

  /**
   * Resolves once the login is settled, at the latest after the holding time, or at once where nobody may be held.
   * `gone` ends it early: the page was closed. Rejects when Redis is away.
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

  /** A wake-up arrived. */
  onWakeup(loginId: string): void {
    this.#waiters.hint(loginId);
  }

  /** Wake-ups may have been missed. */
  onGap(): void {
    this.#waiters.gap();
  }

  /** Answers every page and holds no more: they ask again, elsewhere. */
  close(): void {
    this.#waiters.close();
  }

  #isFull(userId: number): boolean {
    return this.size >= this.#deps.maxHeld || this.#waiters.sizeOf(String(userId)) >= maxPerAccount;
  }
}
