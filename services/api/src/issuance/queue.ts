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
import { Queue } from 'bullmq';
import { IssuanceBatches, type QueuedLogin } from './batches.ts';

/** Where approved logins go to be issued. */
export interface IssuanceQueue {
  /** Adds a job for a login that has just been approved, shared with others of this moment. Rejects when Redis is away. */
  add(login: QueuedLogin): Promise<void>;
  /**
   * Adds a job for a login whose first one may have been lost: its own, unless that waits already, so that the queue does not
   * grow by being asked often. Rejects when Redis is away.
   */
  addAgain(loginId: LoginId, startedAtMs: number): Promise<void>;
  /** Adds the job of a mint request, unless it is there already. */
  addMint(mintId: MintId): Promise<void>;
  close(): Promise<void>;
}

/** Opens the queue on a connection that stays the caller's. */
export function openIssuanceQueue(connection: RedisClient): IssuanceQueue {
  const queue = new Queue<IssuanceJob, void, IssuanceJobName>(issuanceQueueName, {
    connection,
    prefix: issuanceQueuePrefix,
    skipMetasUpdate: true,
    defaultJobOptions: {
      // Tried for about as long as a login lives; what still fails then is added again by whoever asks for it.
      attempts: 500,
      backoff: { type: 'fixed', delay: 2_000, jitter: 0.5 },
      // A finished or failed job that stayed would keep the same login's job from being added again.
      removeOnComplete: true,
      removeOnFail: true,
    },
  });
  // Connection errors are logged where the connection is made; without a listener BullMQ writes to the console.
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
      // A few tries: whoever waits gives up after seconds.
      await queue.add('mint', { mintId }, { jobId: mintJobId(mintId), attempts: 5 });
    },
    close: () => queue.close(),
  };
}

function dataOf(logins: readonly QueuedLogin[]): IssuanceJob {
  return {
    logins: logins.map(({ loginId, userId }) => (userId === undefined ? { loginId } : { loginId, userId })),
  };
}
