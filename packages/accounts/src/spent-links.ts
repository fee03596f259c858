import type { RedisClient } from '@ravi/redis';
import { spentLinkKey } from './keyspace.ts';
import { hashOfToken } from './link-token.ts';
import { sentAgainSeconds } from './sent-again.ts';

/**
 * How links were spent a moment ago, so that a form that is sent again, by a double click or after an answer that was lost, ends as one
 * success. It is noted before the link is spent, so that it is there if this process dies: the account's record tells what was done.
 */
export class SpentLinks {
  readonly #redis: RedisClient;
  readonly #prefix: string;

  constructor(redis: RedisClient, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** Notes how a good link is being spent. */
  async note(token: string, how: string): Promise<void> {
    await this.#redis.set(this.#key(token), how, 'EX', sentAgainSeconds);
  }

  /** The same, unless it is noted already: then that stays, for as long again. */
  async noteFirst(token: string, how: string): Promise<void> {
    const key = this.#key(token);
    if ((await this.#redis.set(key, how, 'EX', sentAgainSeconds, 'NX')) === null)
      await this.#redis.expire(key, sentAgainSeconds);
  }

  /** How a link was spent a moment ago; null for any other. */
  async find(token: string): Promise<string | null> {
    return this.#redis.get(this.#key(token));
  }

  async forget(token: string): Promise<void> {
    await this.#redis.del(this.#key(token));
  }

  #key(token: string): string {
    return spentLinkKey(hashOfToken(token), this.#prefix);
  }
}
