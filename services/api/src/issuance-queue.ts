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

/** Where approved logins go to be issued. */
export interface IssuanceQueue {
  /** Adds the login's job, unless it is there already. Safe to repeat. Rejects when Redis is away. */
  add(loginId: LoginId, startedAtMs: number): Promise<void>;
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
  return {
    async add(loginId, startedAtMs) {
      await queue.add('issue', { loginId }, { jobId: issuanceJobId(loginId, startedAtMs) });
    },
    async addMint(mintId) {
      // A few tries: whoever waits gives up after seconds.
      await queue.add('mint', { mintId }, { jobId: mintJobId(mintId), attempts: 5 });
    },
    close: () => queue.close(),
  };
}
