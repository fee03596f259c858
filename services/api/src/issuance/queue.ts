import {
  type IssuanceJob,
  issuanceJobId,
  type IssuanceJobName,
  issuanceQueueName,
  issuanceQueuePrefix,
  mintJobId,
} from '@ravi/contract';
import type { MintId } from '@ravi/credentials';
import type { LoginId } from '@ravi/device-login';
import type { RedisClient } from '@ravi/redis';
import { writtenFormat } from '@ravi/runtime';
import { Queue } from 'bullmq';
import type { QueueState } from './queue-metrics.ts';
import { IssuanceBatches, type QueuedLogin } from './batches.ts';

/** The queue from approval to issuance. */
export interface IssuanceQueue {
  /** Adds a job for a newly approved login, which may share it with others. Rejects if Redis is away. */
  add(login: QueuedLogin): Promise<void>;
  /**
   * Adds a job for a login whose first one may have been lost: a job of this login alone, with a fixed id, so that repeated calls
   * do not make the queue grow. Rejects if Redis is away.
   */
  addAgain(loginId: LoginId, startedAtMs: number): Promise<void>;
  /** Adds the job of a mint request, unless it exists already. */
  addMint(mintId: MintId): Promise<void>;
  /** What waits in the queue now. Rejects if Redis is away. */
  state(): Promise<QueueState>;
  close(): Promise<void>;
}

/** Opens the queue on a connection that the caller owns and closes. */
export function openIssuanceQueue(connection: RedisClient): IssuanceQueue {
  const queue = new Queue<IssuanceJob, void, IssuanceJobName>(issuanceQueueName, {
    connection,
    prefix: issuanceQueuePrefix,
    skipMetasUpdate: true,
    defaultJobOptions: {
      // Retried for about as long as a login lives. After that, a poll or the sweep adds the job again.
      attempts: 500,
      backoff: { type: 'fixed', delay: 2_000, jitter: 0.5 },
      // A finished or failed job that stayed would keep the same login's job from being added again.
      removeOnComplete: true,
      removeOnFail: true,
    },
  });
  // `watchConnection` logs connection errors; without a listener BullMQ writes to the console.
  queue.on('error', () => undefined);
  const addAlone = (login: QueuedLogin) =>
    queue.add('issue', dataOf([login]), { jobId: issuanceJobId(login.loginId, login.startedAtMs) });
  const batches = new IssuanceBatches((logins) => {
    const [first, ...others] = logins;
    return first && others.length === 0 ? addAlone(first) : queue.add('issue', dataOf(logins));
  });
  return {
    add: (login) => batches.add(login),
    async addAgain(loginId, startedAtMs) {
      await addAlone({ loginId, startedAtMs });
    },
    async addMint(mintId) {
      // A few attempts: the caller gives up after seconds.
      await queue.add('mint', { v: writtenFormat, mintId }, { jobId: mintJobId(mintId), attempts: 5 });
    },
    async state() {
      const [counts, oldest] = await Promise.all([
        queue.getJobCounts('waiting', 'active', 'delayed'),
        queue.getJobs(['waiting', 'active', 'delayed'], 0, 0, true),
      ]);
      const { waiting = 0, active = 0, delayed: retrying = 0 } = counts;
      const added = oldest.map(({ timestamp }) => timestamp);
      return { waiting, active, retrying, oldestAddedAtMs: added.length > 0 ? Math.min(...added) : null };
    },
    close: () => queue.close(),
  };
}

function dataOf(logins: readonly QueuedLogin[]): IssuanceJob {
  return {
    v: writtenFormat,
    logins: logins.map(({ loginId, userId }) => (userId === undefined ? { loginId } : { loginId, userId })),
  };
}
