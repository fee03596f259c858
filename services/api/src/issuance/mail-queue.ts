import {
  type AccountMailJob,
  issuanceQueuePrefix,
  longestRetryMs,
  mailJobOptions,
  mailQueueName,
} from '@ravi/contract';
import type { RedisClient } from '@ravi/redis';
import { Queue } from 'bullmq';

/** Maximum of mails that wait for the mail server: above it, further ones are dropped until it takes mail again. */
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
  /** The mails that wait for the mail server. The notices that wait for the end of an unused login, for up to a day and a half, do not. */
  const backlog = async (): Promise<number> => {
    // BullMQ's scores are ms and 12 bits.
    const latest = (Date.now() + longestRetryMs) * 0x1000;
    const retried = await connection.zcount(queue.toKey('delayed'), '-inf', latest);
    return retried + (await queue.getJobCountByTypes('wait'));
  };
  return {
    async add(id, mail) {
      const all = await queue.getJobCountByTypes('wait', 'delayed');
      if (all >= maxBacklog && (await backlog()) >= maxBacklog) return false;
      await queue.add('deliver', mail, { jobId: id });
      return true;
    },
    close: () => queue.close(),
  };
}
