import { type AccountMailJob, issuanceQueuePrefix, mailJobOptions, mailQueueName } from '@ravi/contract';
import type { RedisClient } from '@ravi/redis';
import { Queue } from 'bullmq';

/** Maximum of waiting mails, delayed ones included: above it, further ones are dropped until the mail server takes mail again. */
const maxBacklog = 50_000;

/** The queue of e-mails to the issuers, which send them. */
export interface MailQueue {
  /** Adds a mail; false when too many wait already. Rejects if Redis is away. */
  add(id: string, mail: AccountMailJob): Promise<boolean>;
  close(): Promise<void>;
}

/** Opens the queue on a connection that the caller owns and closes. */
export function openMailQueue(connection: RedisClient): MailQueue {
  const queue = new Queue<AccountMailJob>(mailQueueName, {
    connection,
    prefix: issuanceQueuePrefix,
    skipMetasUpdate: true,
    defaultJobOptions: mailJobOptions,
  });
  // `watchConnection` logs connection errors; without a listener BullMQ writes to the console.
  queue.on('error', () => undefined);
  return {
    async add(id, mail) {
      if ((await queue.getJobCountByTypes('wait', 'delayed')) >= maxBacklog) return false;
      await queue.add('deliver', mail, { jobId: id });
      return true;
    },
    close: () => queue.close(),
  };
}
