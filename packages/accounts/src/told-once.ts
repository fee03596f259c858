import type { RedisClient } from '@ravi/redis';
import { toldKey } from './keyspace.ts';
import { hashOfToken } from './link-token.ts';
import { sentAgainSeconds } from './sent-again.ts';

/**
 * Has it told once what a form did, by the first of its requests that can: the one that did it may have died, or may never have learnt
 * that it did.
 */
export class ToldOnce {
  readonly #redis: RedisClient;
  readonly #prefix: string;

  constructor(redis: RedisClient, prefix = '') {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** Whether nobody has told this yet. Where Redis does not say, it is told: twice is better than never. */
  async claim(what: string): Promise<boolean> {
    const key = toldKey(hashOfToken(what), this.#prefix);
    return this.#redis.set(key, 1, 'EX', sentAgainSeconds, 'NX').then(
      (reply) => reply !== null,
      () => true,
    );
  }

  /** Whether somebody told this a moment ago. */
  async isClaimed(what: string): Promise<boolean> {
    return (await this.#redis.exists(toldKey(hashOfToken(what), this.#prefix))) === 1;
  }
}
