/** Thrown where there is no place in a queue, or no longer. */
export class QueueFull extends Error {
  constructor() {
    super('The queue is full.');
    this.name = 'QueueFull';
  }
}

interface Job {
  readonly start: () => void;
  readonly drop: () => void;
}

/**
 * A queue that does one piece of work at a time and serves its parties in turn. When it is full, a newcomer takes the last place of
 * the party that has most of them, so that no party keeps the others out.
 */
export class FairQueue {
  readonly #maxWaiting: number;
  /** Each party's jobs, in the order of the turns: the party that is next comes first. */
  readonly #waiting = new Map<string, Job[]>();
  #count = 0;
  #busy = false;

  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  /** Does the work when it is the party's turn. Throws `QueueFull` when there is no place for it, or its place is needed. */
  async run<T>(party: string, work: () => Promise<T>): Promise<T> {
    if (this.#busy) await this.#turn(party);
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  #turn(party: string): Promise<void> {
    const own = this.#waiting.get(party) ?? [];
    if (this.#count >= this.#maxWaiting && !this.#dropLongerThan(own.length + 1)) throw new QueueFull();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    own.push({ start: resolve, drop: () => reject(new QueueFull()) });
    this.#waiting.set(party, own);
    this.#count++;
    return promise;
  }

  /** Drops the newest job of the party that has most, if those are more than this. */
  #dropLongerThan(length: number): boolean {
    const longest = [...this.#waiting.values()].reduce(
      (most, jobs) => (jobs.length > most.length ? jobs : most),
      [],
    );
    if (longest.length <= length) return false;
    longest.pop()?.drop();
    this.#count--;
    return true;
  }

  #next(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#busy = false;
      return;
    }
    const [party, jobs] = next;
    const job = jobs.shift();
    this.#waiting.delete(party);
    if (jobs.length > 0) this.#waiting.set(party, jobs);
    this.#count--;
    // It stays busy: what comes before the next job begins must queue.
    job?.start();
  }
}
