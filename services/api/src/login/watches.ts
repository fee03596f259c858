import type { LoginId, LoginStore, Progress } from '@ravi/device-login';

/** Pages of one account that are held at a time: a few tabs. */
const maxPerAccount = 4;

/** What watching needs. */
export interface WatchesDeps {
  readonly logins: LoginStore;
  readonly instance: string;
  /** Requests that are held at most; above it, pages are told to ask again later. */
  readonly maxHeld: number;
  readonly holdMs: number;
}

/** One page that waits. */
interface Watch {
  readonly userId: number;
  /** Resolved when there is a reason to look again, or none to wait any longer. */
  hint: PromiseWithResolvers<void>;
  over: boolean;
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
  readonly #watches = new Map<string, Set<Watch>>();
  readonly #perAccount = new Map<number, number>();
  #size = 0;
  #closed = false;

  constructor(deps: WatchesDeps) {
    this.#deps = deps;
  }

  /** Pages held now. */
  get size(): number {
    return this.#size;
  }

  /** No page is held any more: the next answers are the last on their connections. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Resolves once the login is settled, at the latest after the holding time, or at once where nobody may be held.
   * `gone` ends it early: the page was closed. Rejects when Redis is away.
   */
  async follow(loginId: LoginId, userId: number, gone: AbortSignal): Promise<Watched> {
    const { logins, instance, holdMs } = this.#deps;
    if (this.#closed || this.#isFull(userId)) {
      return { progress: await logins.watch(loginId, userId, ''), turnedAway: !this.#closed };
    }
    const watch: Watch = { userId, hint: Promise.withResolvers(), over: false };
    const end = () => {
      watch.over = true;
      watch.hint.resolve();
    };
    // In the map before the first look: no wake-up can fall between the look and the wait.
    this.#add(loginId, watch);
    const deadline = setTimeout(end, holdMs);
    gone.addEventListener('abort', end);
    try {
      for (;;) {
        watch.hint = Promise.withResolvers();
        const progress = await logins.watch(loginId, userId, instance);
        if (progress !== 'waiting' || watch.over) return { progress, turnedAway: false };
        await watch.hint.promise;
        // Closing: what is known suffices, the page asks again elsewhere.
        if (watch.over) return { progress, turnedAway: false };
      }
    } finally {
      clearTimeout(deadline);
      gone.removeEventListener('abort', end);
      this.#remove(loginId, watch);
    }
  }

  /** A wake-up arrived. */
  onWakeup(loginId: string): void {
    for (const watch of this.#watches.get(loginId) ?? []) watch.hint.resolve();
  }

  /** Wake-ups may have been missed. */
  onGap(): void {
    for (const loginId of this.#watches.keys()) this.onWakeup(loginId);
  }

  /** Answers every page and holds no more: they ask again, elsewhere. */
  close(): void {
    this.#closed = true;
    for (const watches of this.#watches.values()) {
      for (const watch of watches) {
        watch.over = true;
        watch.hint.resolve();
      }
    }
  }

  #isFull(userId: number): boolean {
    return this.#size >= this.#deps.maxHeld || (this.#perAccount.get(userId) ?? 0) >= maxPerAccount;
  }

  #add(loginId: string, watch: Watch): void {
    const watches = this.#watches.get(loginId) ?? new Set();
    this.#watches.set(loginId, watches.add(watch));
    this.#perAccount.set(watch.userId, (this.#perAccount.get(watch.userId) ?? 0) + 1);
    this.#size++;
  }

  #remove(loginId: string, watch: Watch): void {
    const watches = this.#watches.get(loginId);
    watches?.delete(watch);
    if (watches?.size === 0) this.#watches.delete(loginId);
    const left = (this.#perAccount.get(watch.userId) ?? 1) - 1;
    if (left === 0) this.#perAccount.delete(watch.userId);
    else this.#perAccount.set(watch.userId, left);
    this.#size--;
  }
}
