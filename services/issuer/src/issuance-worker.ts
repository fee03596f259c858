import { type IssuanceJob, type IssuanceJobName, issuanceQueueName } from '@ravi/contract';
import type { MintId, MintSettlement } from '@ravi/credentials';
import type { ApprovedLogin, LoginId } from '@ravi/device-login';
import { isRedisUnavailable, type RedisClient } from '@ravi/redis';
import { NewerFormat, requireKnownFormat } from '@ravi/runtime';
import type { Logger, Tracing } from '@ravi/telemetry';
import { DelayedError, type Job, Queue, UnrecoverableError } from 'bullmq';
import type { AbortReason, Issued } from './issue-login.ts';
import { JobWorker } from './job-worker.ts';
import type { IssuanceOutcome } from './metrics.ts';

/** When a job that only a newer release can read is offered to the issuers again. */
const leftForNewerMs = 2_000;

export interface IssuanceWorkerOptions {
  readonly connection: RedisClient;
  /** BullMQ's key prefix: which queue. */
  readonly prefix: string;
  readonly concurrency: number;
  readonly logger: Logger;
  /** Returns the function that issues each login of one job. */
  readonly issuing: () => (loginId: LoginId, userId: number | undefined) => Promise<Issued>;
  /** The login was issued, now or before. If it rejects, the job is retried. */
  readonly onIssued: (loginId: LoginId, login: ApprovedLogin) => Promise<void>;
  readonly mint: (mintId: MintId) => Promise<MintSettlement>;
  /** Wakes the waiting api instance. */
  readonly wake: (instance: string, id: LoginId | MintId) => Promise<void>;
  readonly onOutcome: (outcome: IssuanceOutcome) => void;
  /** A job failed with this error, and is tried again. */
  readonly onRetry: (error: unknown) => void;
  /** Called for every job that this process took from the queue, probes included. */
  readonly onTaken: () => void;
  /** Null where nothing is traced. */
  readonly tracing: Tracing | null;
}

/** Takes issuance jobs from the queue. */
export function startIssuanceWorker(options: IssuanceWorkerOptions): JobWorker<IssuanceJob, IssuanceJobName> {
  const { logger } = options;
  const serve = async (job: Job<IssuanceJob, void, IssuanceJobName>): Promise<void> => {
    options.onTaken();
    requireKnownFormat('A job', job.data.v);
    if ('probe' in job.data) return;
    if ('mintIds' in job.data) {
      return serveEach(
        job.data.mintIds,
        (mintId) => serveMint(options, mintId as MintId),
        (mintIds) => job.updateData({ v: job.data.v, mintIds }),
      );
    }
    // No job of ours. Polls and sweeps add one for its logins.
    if (!('logins' in job.data)) throw new UnrecoverableError('The job has an unknown format.');
    const issue = options.issuing();
    const serveLogin = async (loginId: LoginId, userId?: number): Promise<void> => {
      const beganAtMs = Date.now();
      const { kind, waiters, login, reason } = await issue(loginId, userId);
      if (options.tracing) {
        const attempt = job.attemptsMade;
        options.tracing.step('queue', loginId, { beganAtMs: job.timestamp, endedAtMs: beganAtMs });
        options.tracing.step('issue', loginId, { beganAtMs, attributes: { outcome: kind, attempt } });
      }
      options.onOutcome(kind);
      await Promise.all(waiters.map((waiter) => options.wake(waiter, loginId)));
      logOutcome(logger, { loginId, outcome: kind, attempt: job.attemptsMade }, reason);
      if (login) await options.onIssued(loginId, login);
    };
    return serveEach(
      job.data.logins,
      ({ loginId, userId }) => serveLogin(loginId as LoginId, userId),
      (logins) => job.updateData({ v: job.data.v, logins }),
    );
  };
  const serveOrLeave = async (
    job: Job<IssuanceJob, void, IssuanceJobName>,
    token: string | undefined,
  ): Promise<void> => {
    try {
      await serve(job);
    } catch (error) {
      if (!(error instanceof NewerFormat)) {
        // Told here: of a job that was taken over meanwhile, as from a process that was paused, BullMQ tells nothing.
        tellFailure(options, error, job.id);
        throw error;
      }
      logger.warn({ error, job: job.id }, 'left for a newer release');
      // Back into the queue, as often as it takes: an attempt that could not be made does not count.
      await job.moveToDelayed(Date.now() + leftForNewerMs, token);
      throw new DelayedError();
    }
  };
  const worker = new JobWorker<IssuanceJob, IssuanceJobName>(issuanceQueueName, serveOrLeave, {
    connection: options.connection,
    prefix: options.prefix,
    concurrency: options.concurrency,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  });
  // `watchConnection` logs lost connections.
  worker.on('error', (error) => logger.debug({ error }, 'the queue cannot be reached'));
  return worker;
}

function tellFailure(
  { logger, onRetry }: Pick<IssuanceWorkerOptions, 'logger' | 'onRetry'>,
  error: unknown,
  job: string | undefined,
): void {
  if (error instanceof UnrecoverableError) return logger.warn({ error, job }, 'a job was given up');
  onRetry(error);
  // An outage has lines of its own.
  const level = isRedisUnavailable(error) ? 'debug' : 'warn';
  logger[level]({ error, job }, 'issuance failed; it is tried again');
}

/** Serves all entries of a job. One that fails does not delay the others: `keep` leaves those that failed in the job, which is retried. */
async function serveEach<Entry>(
  entries: readonly Entry[],
  serve: (entry: Entry) => Promise<void>,
  keep: (failed: readonly Entry[]) => Promise<void>,
): Promise<void> {
  const served = await Promise.allSettled(entries.map(serve));
  const failures = served.filter((one) => one.status === 'rejected');
  const [failure] = failures;
  if (failure === undefined) return;
  if (failures.length < entries.length)
    await keep(entries.filter((_, index) => served[index]?.status === 'rejected'));
  throw failure.reason;
}

function logOutcome(
  logger: Logger,
  fields: { readonly loginId: LoginId; readonly outcome: Issued['kind']; readonly attempt: number },
  reason: AbortReason | undefined,
): void {
  switch (fields.outcome) {
    case 'issued':
    case 'issuedBefore':
      return logger.info(fields, 'login issued');
    case 'gone':
      return logger.info(fields, 'nothing to issue: the login is not approved any more');
    case 'aborted':
      return logger.error({ ...fields, reason }, 'login aborted: no credentials can be made for it');
  }
}

/** Serves one mint request and wakes the instances that still are to be woken. */
async function serveMint(options: IssuanceWorkerOptions, mintId: MintId): Promise<void> {
  const settlement = await options.mint(mintId);
  options.onOutcome(settlement.kind === 'settled' ? 'minted' : 'refused');
  await Promise.all(settlement.waiters.map((waiter) => options.wake(waiter, mintId)));
}

/** Opens a queue for the probe jobs. */
export function openIssuanceQueue(
  connection: RedisClient,
  prefix: string,
): Queue<IssuanceJob, void, IssuanceJobName> {
  return new Queue<IssuanceJob, void, IssuanceJobName>(issuanceQueueName, {
    connection,
    prefix,
    skipMetasUpdate: true,
  });
}
