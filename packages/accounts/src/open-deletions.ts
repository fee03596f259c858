import { loadScript, type RedisClient, replyOf, runScript } from '@ravi/redis';
import { accountKey, deletionsKey } from './keyspace.ts';

const noteDeletion = loadScript(new URL('./lua/note-deletion.lua', import.meta.url));
const markDeletion = loadScript(new URL('./lua/mark-deletion.lua', import.meta.url));
const takeDeletion = loadScript(new URL('./lua/take-deletion.lua', import.meta.url));

/** After this time without a sign of life from the process that deletes, another one continues. */
const leaseMs = 300_000;

/** How often a process that deletes gives a sign of life. */
const signEveryMs = 60_000;

/**
 * Accounts whose deletion has begun and may not be over: in Redis, so that what one process leaves half-done another finishes. Noted before
 * the first step, and forgotten after the last.
 */
export class OpenDeletions {
  readonly #redis: RedisClient;
  readonly #prefix: string;
  readonly #key: string;

  constructor(redis: RedisClient, prefix = '') {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#key = deletionsKey(prefix);
  }

  /** Notes that this process deletes the account. */
  async note(userId: number): Promise<void> {
    await this.#note(userId, '');
  }

  /** Whether an account is being deleted, and whether the audit log was told so; null where it is not, or is gone. */
  async stateOf(userId: number): Promise<'begun' | 'told' | null> {
    const deleting = await this.#redis.hget(accountKey(userId, this.#prefix), 'deleting');
    return deleting === null ? null : deleting === 'noted' ? 'told' : 'begun';
  }

  /** Whether an operator took the deletion back: the account is there, and is not being deleted any more. */
  async isTakenBack(userId: number): Promise<boolean> {
    const [email, deleting] = await this.#redis.hmget(accountKey(userId, this.#prefix), 'email', 'deleting');
    return typeof email === 'string' && typeof deleting !== 'string';
  }

  /** Marks that the audit log was told of the deletion. */
  async markTold(userId: number): Promise<void> {
    await runScript(this.#redis, markDeletion, accountKey(userId, this.#prefix));
  }

  /** Forgets one that is over, or that did not begin. */
  async forget(userId: number): Promise<void> {
    await this.#redis.zrem(this.#key, String(userId));
  }

  /** One that another process began and left, for this one to finish; null for none. */
  async take(): Promise<number | null> {
    const reply = await runScript(this.#redis, takeDeletion, this.#key, leaseMs);
    const [word, userId] = replyOf(reply, 'taken', 'none');
    return word === 'taken' ? Number(userId) : null;
  }

  /** Does the work of a deletion, however long it takes, while nobody else takes it. */
  async during<Result>(userId: number, work: () => Promise<Result>): Promise<Result> {
    const signs = setInterval(() => void this.#note(userId, '1').catch(() => undefined), signEveryMs);
    signs.unref();
    try {
      return await work();
    } finally {
      clearInterval(signs);
    }
  }

  async #note(userId: number, renewed: '' | '1'): Promise<void> {
    replyOf(await runScript(this.#redis, noteDeletion, this.#key, userId, renewed), 'noted');
  }
}
