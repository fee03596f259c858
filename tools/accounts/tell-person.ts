import { randomUUID } from 'node:crypto';
import type { Account } from '@ravi/accounts';
import {
  type AccountMailJob,
  issuanceQueuePrefix,
  mailJobOptions,
  mailQueueName,
  type NoticeMailKind,
} from '@ravi/contract';
import { isRedisFull, type RedisClient } from '@ravi/redis';
import { Queue } from 'bullmq';

/**
 * Queues a notice to a person, in the language in which they read our pages when they signed in last, which an issuer sends; the address
 * must be proven. False where nobody is told, also because Redis is full. Rejects when Redis is away.
 */
export async function tellPerson(
  connection: RedisClient,
  { id, email, emailVerified, language }: Pick<Account, 'id' | 'email' | 'emailVerified' | 'language'>,
  kind: NoticeMailKind,
  atMs: number,
): Promise<boolean> {
  if (!emailVerified) return false;
  const queue = new Queue<AccountMailJob>(mailQueueName, {
    connection,
    prefix: issuanceQueuePrefix,
    skipMetasUpdate: true,
    defaultJobOptions: mailJobOptions,
  });
  queue.on('error', () => undefined);
  try {
    // From no browser: the operator did it.
    const mail = {
      about: 'account' as const,
      kind,
      userId: id,
      atMs,
      to: email,
      address: '-',
      userAgent: '',
      language,
    };
    await queue.add('deliver', mail, { jobId: `${kind}.${randomUUID()}` });
    return true;
  } catch (error) {
    // What was done is done, and nobody can be told of it.
    if (isRedisFull(error)) return false;
    throw error;
  } finally {
    await queue.close();
  }
}
