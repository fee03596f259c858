import { createHash, randomBytes } from 'node:crypto';
import type { RedisClient } from '@ravi/redis';
import type { Account } from './account.ts';

/** A browser session lives this long. */
export const sessionTtlSeconds = 12 * 3600;

/** A token is 256 random bits, base64url; anything else is no session and never reaches Redis. */
const tokenShape = /^[\w-]{43}$/;

/** Browser sessions in Redis, under the SHA-256 of their token: a dump opens none. */
export class SessionStore {
  readonly #redis: RedisClient;
  readonly #prefix: string;

  constructor(redis: RedisClient, prefix = '') {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** Starts a session and returns its token, for the cookie alone. */
  async open(account: Account): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    await this.#redis.set(this.#key(token), JSON.stringify(account), 'EX', sessionTtlSeconds);
    return token;
  }

  /** The account that is signed in; null when the session ended or never was. */
  async read(token: string): Promise<Account | null> {
    if (!tokenShape.test(token)) return null;
    const text = await this.#redis.get(this.#key(token));
    return text === null ? null : (JSON.parse(text) as Account);
  }

  /** Ends a session. */
  async close(token: string): Promise<void> {
    if (tokenShape.test(token)) await this.#redis.del(this.#key(token));
  }

  #key(token: string): string {
    return `${this.#prefix}ravi:session:${createHash('sha256').update(token).digest('base64url')}`;
  }
}
