import { type ApprovedLoginRef, maxLoginsPerJob } from '@ravi/contract';

/** An approved login on its way into the queue. */
export interface QueuedLogin extends ApprovedLoginRef {
  readonly startedAtMs: number;
}

/** A login that waits for a job to be added with it. */
interface WaitingLogin extends QueuedLogin {
  readonly added: PromiseWithResolvers<void>;
}

/**
 * Lets logins that are approved at nearly the same moment share a job: logins that arrive while jobs are being added share the
 * next ones. So a lone login never waits for others, and under load logins share the queue's cost.
 */
export class IssuanceBatches {
  readonly #addJob: (logins: readonly QueuedLogin[]) => Promise<unknown>;
  #waiting: WaitingLogin[] = [];
  #adding = false;

  /** `addJob` adds one job for at most `maxLoginsPerJob` logins. */
  constructor(addJob: (logins: readonly QueuedLogin[]) => Promise<unknown>) {
    this.#addJob = addJob;
  }

  /** Resolves once a job with this login is in the queue; rejects when that job could not be added. */
  add(login: QueuedLogin): Promise<void> {
    const added = Promise.withResolvers<void>();
    this.#waiting.push({ ...login, added });
    if (!this.#adding) void this.#addAll();
    return added.promise;
  }

  async #addAll(): Promise<void> {
    this.#adding = true;
    while (this.#waiting.length > 0) {
      const all = this.#waiting;
      this.#waiting = [];
      const jobs = Array.from({ length: Math.ceil(all.length / maxLoginsPerJob) }, (_, index) =>
        all.slice(index * maxLoginsPerJob, (index + 1) * maxLoginsPerJob),
      );
      await Promise.all(jobs.map((logins) => this.#addOne(logins)));
    }
    this.#adding = false;
  }

  async #addOne(logins: readonly WaitingLogin[]): Promise<void> {
    try {
      await this.#addJob(logins);
      for (const { added } of logins) added.resolve();
    } catch (error) {
      for (const { added } of logins) added.reject(error);
    }
  }
}
