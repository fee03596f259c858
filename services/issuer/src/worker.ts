import {
  type IssuanceJob,
  type IssuanceJobName,
  issuanceQueueName,
  issuanceQueuePrefix,
} from '@ravi/contract';
import type { MintId, MintSettlement } from '@ravi/credentials';
import type { ApprovedLogin, LoginId } from '@ravi/device-login';
import type { RedisClient } from '@ravi/redis';
import type { Logger } from '@ravi/telemetry';
import { type Job, Queue, UnrecoverableError, Worker } from 'bullmq';
import type { Issued } from './issue.ts';

export interface IssuanceWorkerOptions {
  readonly connection: RedisClient;
  readonly concurrency: number;
  readonly logger: Logger;
  /** Returns the function that issues each login of one job. */
  readonly issuing: () => (loginId: LoginId, userId: number | undefined) => Promise<Issued>;
  /** The login was issued, now or before. If it rejects, the job is retried. */
  readonly onIssued: (loginId: LoginId, login: ApprovedLogin) => Promise<void>;
  readonly mint: (mintId: MintId) => Promise<MintSettlement>;
  /** Wakes the waiting api instance. */
  readonly wake: (instance: string, id: LoginId | MintId) => Promise<void>;
  readonly onOutcome: (kind: Issued['kind'] | 'minted' | 'refused') => void;
  /** Called for every job that this process took from the queue, probes included. */
  readonly onTaken: () => void;
}

/**
 * Takes issuance jobs from the queue. A killed issuer's jobs are taken over within seconds: locks are held for 5 s and
 * checked every 3 s (BullMQ's defaults are 30 s each).
 */
export function startIssuanceWorker(
  options: IssuanceWorkerOptions,
): Worker<IssuanceJob, void, IssuanceJobName> {
  const { logger } = options;
  const process = async (job: Job<IssuanceJob, void, IssuanceJobName>): Promise<void> => {
    options.onTaken();
    if ('probe' in job.data) return;
    if ('mintId' in job.data) return serveMint(options, job.data.mintId as MintId);
    // A job of another version is not retried: polls and sweeps add a job of this version for its logins.
    if (!('logins' in job.data)) throw new UnrecoverableError('The job has an unknown format.');
    const issue = options.issuing();
    const serveLogin = async (loginId: LoginId, userId?: number): Promise<void> => {
      const { kind, waiter, login } = await issue(loginId, userId);
      options.onOutcome(kind);
      if (waiter !== null) await options.wake(waiter, loginId);
      logger[kind === 'aborted' ? 'error' : 'info'](
        { loginId, outcome: kind, attempt: job.attemptsMade },
        'login issued',
      );
      if (login) await options.onIssued(loginId, login);
    };
    const { logins } = job.data;
    // A login that fails does not delay the others, and is retried alone.
    const served = await Promise.allSettled(
      logins.map(({ loginId, userId }) => serveLogin(loginId as LoginId, userId)),
    );
    const failures = served.filter((one) => one.status === 'rejected');
    const [failure] = failures;
    if (failure === undefined) return;
    if (failures.length < logins.length)
      await job.updateData({ logins: logins.filter((_, index) => served[index]?.status === 'rejected') });
    throw failure.reason;
  };
  const worker = new Worker<IssuanceJob, void, IssuanceJobName>(issuanceQueueName, process, {
    connection: options.connection,
    prefix: issuanceQueuePrefix,
    concurrency: options.concurrency,
    lockDuration: 5_000,
    stalledInterval: 3_000,
    maxStalledCount: 1_000,
    drainDelay: 2,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  });
  worker.on('failed', (job, error) => {
    logger.warn({ error, job: job?.id }, 'issuance failed');
  });
  // `watchConnection` logs lost connections.
  worker.on('error', (error) => logger.debug({ error }, 'the queue cannot be reached'));
  return worker;
}

/** Serves one mint request and wakes all instances that wait for it. */
async function serveMint(options: IssuanceWorkerOptions, mintId: MintId): Promise<void> {
  const settlement = await options.mint(mintId);
  options.onOutcome(settlement.kind === 'settled' ? 'minted' : 'refused');
  await Promise.all(settlement.waiters.map((waiter) => options.wake(waiter, mintId)));
}

/** Opens the queue for the probe jobs. */
export function openIssuanceQueue(connection: RedisClient): Queue<IssuanceJob, void, IssuanceJobName> {
  return new Queue<IssuanceJob, void, IssuanceJobName>(issuanceQueueName, {
    connection,
    prefix: issuanceQueuePrefix,
    skipMetasUpdate: true,
  });
}
