import { type ApprovedLoginRef, maxLoginsPerJob } from '@ravi/contract';

/** An approved login on its way into the queue. */
export interface QueuedLogin extends ApprovedLoginRef {
  readonly startedAtMs: number;
}

/** One that waits for the job which takes it along. */
interface Gathered extends QueuedLogin {
  readonly added: PromiseWithResolvers<void>;
}

/**
 * Lets logins that are approved at nearly the same moment share a job: what comes while jobs are being added goes in together
 * as soon as that is done. So a lone login never waits for company, and under load the queue's cost is shared.
 */
export class IssuanceBatches {
  readonly #addJob: (logins: readonly QueuedLogin[]) => Promise<unknown>;
  #gathered: Gathered[] = [];
  #adding = false;

  /** `addJob` adds one job for so many logins, at most `maxLoginsPerJob`. */
  constructor(addJob: (logins: readonly QueuedLogin[]) => Promise<unknown>) {
    this.#addJob = addJob;
  }

  /** Resolves once a job with this login is in the queue; rejects when that job could not be added. */
  add(login: QueuedLogin): Promise<void> {
    const added = Promise.withResolvers<void>();
    this.#gathered.push({ ...login, added });
    if (!this.#adding) void this.#addAll();
    return added.promise;
  }

  async #addAll(): Promise<void> {
    this.#adding = true;
    while (this.#gathered.length > 0) {
      const all = this.#gathered;
      this.#gathered = [];
      const jobs = Array.from({ length: Math.ceil(all.length / maxLoginsPerJob) }, (_, index) =>
        all.slice(index * maxLoginsPerJob, (index + 1) * maxLoginsPerJob),
      );
      await Promise.all(jobs.map((logins) => this.#addOne(logins)));
    }
    this.#adding = false;
  }

  async #addOne(logins: readonly Gathered[]): Promise<void> {
    try {
      await this.#addJob(logins);
      for (const { added } of logins) added.resolve();
    } catch (error) {
      for (const { added } of logins) added.reject(error);
    }
  }
}
