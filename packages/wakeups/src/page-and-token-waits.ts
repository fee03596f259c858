/** Why `next` resolved: there is a reason to check again, the time is over, the client is gone, or the process stops. */
export type WaitEvent = 'check' | 'deadline' | 'aborted' | 'closed';

export interface WaitOptions {
  /** From the registration to the deadline. */
  readonly timeoutMs: number;
  /** Check again after this time without a hint; absent: check only on hints. */
  readonly recheckMs?: number;
  /** Aborted when the client is gone. */
  readonly signal?: AbortSignal;
  /** A group whose waits are counted, such as an account's. */
  readonly group?: string;
}

/** One wait for hints about an id. */
export interface Waiter {
  /**
   * Resolves when there is a reason to check, or when the wait is over. A hint since the last call resolves it at once, and takes
   * precedence over the deadline. One call at a time.
   */
  next(): Promise<WaitEvent>;
  /** Ends the wait; harmless to repeat. Every registered waiter must be stopped, or it is counted forever. */
  stop(): void;
}

/**
 * Waits for hints about ids. A waiter is registered before its first check: a hint that comes between a check and the wait is
 * kept, so none is lost. A wait costs no command of Redis.
 *
 * Pages that follow and requests that need a token wait here. Held logins do not: the api keeps them in a map of its own, for
 * their memory.
 *
 * @example
 * const waiter = waiters.register(id, { timeoutMs });
 * try {
 *   do {
 *     const state = await check();
 *     if (state !== 'pending') return state;
 *   } while ((await waiter.next()) === 'check');
 *   return 'pending';
 * } finally {
 *   waiter.stop();
 * }
 */
export class Waiters {
  readonly #byId = new Map<string, Set<RegisteredWaiter>>();
  readonly #groups = new Map<string, number>();
  #size = 0;
  #closed = false;

  /** Current waits. */
  get size(): number {
    return this.#size;
  }

  /** Whether `close` was called: every wait ends at once. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Current waits of a group. */
  sizeOf(group: string): number {
    return this.#groups.get(group) ?? 0;
  }

  /** The ids and groups that are kept in memory: those of current waits alone. */
  get kept(): number {
    return this.#byId.size + this.#groups.size;
  }

  /** Registers a wait, whose time starts now. */
  register(id: string, options: WaitOptions): Waiter {
    const waiter = new RegisteredWaiter(options, () => this.#remove(id, waiter, options.group));
    const waiters = this.#byId.get(id) ?? new Set();
    this.#byId.set(id, waiters.add(waiter));
    this.#count(options.group, 1);
    if (this.#closed) waiter.end('closed');
    return waiter;
  }

  /** A hint arrived: all waits for this id check again. */
  hint(id: string): void {
    for (const waiter of this.#byId.get(id) ?? []) waiter.hint();
  }

  /** Hints may have been lost: all waits check again. */
  gap(): void {
    for (const id of this.#byId.keys()) this.hint(id);
  }

  /** Ends all waits, and every later one at once. */
  close(): void {
    this.#closed = true;
    for (const waiters of this.#byId.values()) {
      for (const waiter of waiters) waiter.end('closed');
    }
  }

  #remove(id: string, waiter: RegisteredWaiter, group: string | undefined): void {
    const waiters = this.#byId.get(id);
    if (!waiters?.delete(waiter)) return;
    if (waiters.size === 0) this.#byId.delete(id);
    this.#count(group, -1);
  }

  #count(group: string | undefined, change: 1 | -1): void {
    this.#size += change;
    if (group === undefined) return;
    const size = this.sizeOf(group) + change;
    if (size === 0) this.#groups.delete(group);
    else this.#groups.set(group, size);
  }
}

class RegisteredWaiter implements Waiter {
  readonly #options: WaitOptions;
  readonly #remove: () => void;
  readonly #deadline: NodeJS.Timeout;
  readonly #abort = () => this.end('aborted');
  #hinted = false;
  #ended: Exclude<WaitEvent, 'check'> | null = null;
  #resume: () => void = () => undefined;

  constructor(options: WaitOptions, remove: () => void) {
    this.#options = options;
    this.#remove = remove;
    this.#deadline = setTimeout(() => this.end('deadline'), options.timeoutMs);
    options.signal?.addEventListener('abort', this.#abort);
    if (options.signal?.aborted) this.#abort();
  }

  hint(): void {
    this.#hinted = true;
    this.#resume();
  }

  end(why: Exclude<WaitEvent, 'check'>): void {
    this.#ended ??= why;
    this.#resume();
  }

  async next(): Promise<WaitEvent> {
    if (!this.#hinted && this.#ended === null) await this.#pause();
    const checkFirst = this.#hinted && this.#ended === 'deadline';
    this.#hinted = false;
    return checkFirst ? 'check' : (this.#ended ?? 'check');
  }

  stop(): void {
    this.end('aborted');
    clearTimeout(this.#deadline);
    this.#options.signal?.removeEventListener('abort', this.#abort);
    this.#remove();
  }

  async #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#resume = resolve;
    const { recheckMs } = this.#options;
    const recheck = recheckMs === undefined ? undefined : setTimeout(resolve, recheckMs);
    await promise;
    clearTimeout(recheck);
  }
}
