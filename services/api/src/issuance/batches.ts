import { maxPerJob } from '@ravi/contract';

/** An entry that waits for a job to be added with it. */
interface Waiting<Entry> {
  readonly entry: Entry;
  readonly added: PromiseWithResolvers<void>;
}

/**
 * Lets what comes at nearly the same moment share a job: entries that arrive while jobs are being added share the next ones. So a
 * lone entry never waits for others, and under load entries share the queue's cost.
 */
export class JobBatches<Entry> {
  readonly #addJob: (entries: readonly Entry[]) => Promise<unknown>;
  #waiting: Waiting<Entry>[] = [];
  #adding = false;

  /** `addJob` adds one job for at most `maxPerJob` entries. */
  constructor(addJob: (entries: readonly Entry[]) => Promise<unknown>) {
    this.#addJob = addJob;
  }

  /** Resolves once a job with this entry is in the queue; rejects when that job could not be added. */
  add(entry: Entry): Promise<void> {
    const added = Promise.withResolvers<void>();
    this.#waiting.push({ entry, added });
    if (!this.#adding) void this.#addAll();
    return added.promise;
  }

  async #addAll(): Promise<void> {
    this.#adding = true;
    while (this.#waiting.length > 0) {
      const all = this.#waiting;
      this.#waiting = [];
      const jobs = Array.from({ length: Math.ceil(all.length / maxPerJob) }, (_, index) =>
        all.slice(index * maxPerJob, (index + 1) * maxPerJob),
      );
      await Promise.all(jobs.map((entries) => this.#addOne(entries)));
    }
    this.#adding = false;
  }

  async #addOne(waiting: readonly Waiting<Entry>[]): Promise<void> {
    try {
      await this.#addJob(waiting.map(({ entry }) => entry));
      for (const { added } of waiting) added.resolve();
    } catch (error) {
      for (const { added } of waiting) added.reject(error);
    }
  }
}
