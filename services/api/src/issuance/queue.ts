import {
  type ApprovedLoginRef,
  type IssuanceJob,
  issuanceJobId,
  type IssuanceJobName,
  issuanceQueueName,
  issuanceQueuePrefix,
  mintJobId,
} from '@ravi/contract';
import type { MintId } from '@ravi/credentials';
import type { LoginId } from '@ravi/device-login';
import { type RedisClient, slotPart, spreadHashTags } from '@ravi/redis';
import { writtenFormat } from '@ravi/runtime';
import { type JobsOptions, Queue } from 'bullmq';
import { JobBatches } from './batches.ts';
import type { QueueState } from './queue-metrics.ts';

/**
 * Of how many jobs that wait for another attempt the age is read: they lie in the order of their next attempts, which says nothing of when
 * they were added. Where more wait, one of these is about as old as the oldest.
 */
const agedRetries = 100;

/** An approved login on its way into the queue. */
export interface QueuedLogin extends ApprovedLoginRef {
  readonly startedAtMs: number;
}

/** The queues from approval to issuance. */
export interface IssuanceQueue {
  /** Adds a job for a newly approved login, which may share it with others. Rejects if Redis is away. */
  add(login: QueuedLogin): Promise<void>;
  /**
   * Adds a job for a login whose first one may have been lost: a job of this login alone, with a fixed id, so that repeated calls
   * do not make the queue grow. Rejects if Redis is away.
   */
  addAgain(loginId: LoginId, startedAtMs: number): Promise<void>;
  /** Adds a job for a new mint request, which may share it with others. Rejects if Redis is away. */
  addMint(mintId: MintId): Promise<void>;
  /** Adds a job for a mint request whose first one may have been lost, as `addAgain` does for a login. Rejects if Redis is away. */
  addMintAgain(mintId: MintId): Promise<void>;
  /** What waits in the queues now. Rejects if Redis is away. */
  state(): Promise<QueueState>;
  close(): Promise<void>;
}

/**
 * Opens the queues on a connection that the caller owns and closes. The id of a login or mint request gives its queue. Those that
 * share a job go to the queue of the first: few would share one if each had to be in its own queue.
 */
export function openIssuanceQueue(connection: RedisClient, count: number): IssuanceQueue {
  const queues = spreadHashTags(issuanceQueuePrefix, count).map((prefix) => openQueue(connection, prefix));
  const queueOf = (id: string): JobQueue => {
    const queue = queues[slotPart(id, count)];
    if (!queue) throw new Error('There is no such queue.');
    return queue;
  };
  const addAlone = (login: QueuedLogin) =>
    queueOf(login.loginId).add('issue', dataOf([login]), {
      jobId: issuanceJobId(login.loginId, login.startedAtMs),
    });
  const logins = new JobBatches<QueuedLogin>(async (entries) => {
    const [first, ...others] = entries;
    if (!first) return;
    await (others.length === 0 ? addAlone(first) : queueOf(first.loginId).add('issue', dataOf(entries)));
  });
  const addMints = (first: MintId, mintIds: readonly MintId[], options: JobsOptions = {}) =>
    // Few attempts: the caller gives up within seconds.
    queueOf(first).add('mint', { v: writtenFormat, mintIds }, { attempts: 5, ...options });
  const addMintAlone = (mintId: MintId) => addMints(mintId, [mintId], { jobId: mintJobId(mintId) });
  const mints = new JobBatches<MintId>(async (entries) => {
    const [first, ...others] = entries;
    if (!first) return;
    await (others.length === 0 ? addMintAlone(first) : addMints(first, [...new Set(entries)]));
  });
  return {
    add: (login) => logins.add(login),
    async addAgain(loginId, startedAtMs) {
      await addAlone({ loginId, startedAtMs });
    },
    addMint: (mintId) => mints.add(mintId),
    async addMintAgain(mintId) {
      await addMintAlone(mintId);
    },
    async state() {
      const states = await Promise.all(queues.map(stateOf));
      const sum = (pick: (state: QueueState) => number) =>
        states.reduce((total, state) => total + pick(state), 0);
      const added = states.map(({ oldestAddedAtMs }) => oldestAddedAtMs).filter((ms) => ms !== null);
      return {
        waiting: sum(({ waiting }) => waiting),
        active: sum(({ active }) => active),
        retrying: sum(({ retrying }) => retrying),
        oldestAddedAtMs: added.length > 0 ? Math.min(...added) : null,
      };
    },
    async close() {
      await Promise.all(queues.map((queue) => queue.close()));
    },
  };
}

type JobQueue = Queue<IssuanceJob, void, IssuanceJobName>;

function openQueue(connection: RedisClient, prefix: string): JobQueue {
  const queue: JobQueue = new Queue(issuanceQueueName, {
    connection,
    prefix,
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
  return queue;
}

async function stateOf(queue: JobQueue): Promise<QueueState> {
  const [counts, oldest, retries] = await Promise.all([
    queue.getJobCounts('waiting', 'active', 'delayed'),
    queue.getJobs(['waiting', 'active'], 0, 0, true),
    queue.getJobs(['delayed'], 0, agedRetries - 1, true),
  ]);
  const { waiting = 0, active = 0, delayed: retrying = 0 } = counts;
  const added = [...oldest, ...retries].map(({ timestamp }) => timestamp);
  return { waiting, active, retrying, oldestAddedAtMs: added.length > 0 ? Math.min(...added) : null };
}

function dataOf(logins: readonly QueuedLogin[]): IssuanceJob {
  return {
    v: writtenFormat,
    logins: logins.map(({ loginId, userId }) => (userId === undefined ? { loginId } : { loginId, userId })),
  };
}
