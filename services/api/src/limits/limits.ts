import { createHmac } from 'node:crypto';
import type { RedisClient } from '@ravi/redis';
import type { ServiceKeys } from '@ravi/runtime';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { addressForLimits } from '../client-address.ts';
import { Problem } from '../problem.ts';

/** How often something may happen: `points` per `windowSeconds` for each subject. */
interface Allowance {
  readonly points: number;
  readonly windowSeconds: number;
  /** What the client is told when it is used up. */
  readonly refusal: string;
}

/** What the limits need. */
export interface LimitsDeps {
  readonly redis: RedisClient;
  readonly keys: ServiceKeys;
  readonly enabled: boolean;
  /** A login is pending for at most this long: the window of the limits on starts is the limit on pending logins. */
  readonly deviceCodeTtlSeconds: number;
  readonly maxPendingLogins: number;
  readonly prefix?: string;
}

/** Pending logins that one address may have. */
const pendingPerAddress = 300;

/**
 * The limits that keep one party from spoiling the service for the others, counted in Redis, so that they hold across
 * all api instances. A refused subject is remembered in the process: its flood does not reach Redis.
 */
export class Limits {
  readonly #keys: ServiceKeys;
  readonly #starts: Limit;
  readonly #startsInTotal: Limit;
  readonly #signIns: Limit;
  readonly #signUps: Limit;
  readonly #accountGuesses: Limit;
  readonly #addressGuesses: Limit;

  constructor(deps: LimitsDeps) {
    this.#keys = deps.keys;
    const limit = (name: string, allowance: Allowance) => new Limit(name, allowance, deps);
    const windowSeconds = deps.deviceCodeTtlSeconds;
    this.#starts = limit('start', {
      points: pendingPerAddress,
      windowSeconds,
      refusal: 'Too many logins were started from this address.',
    });
    this.#startsInTotal = limit('start-total', {
      points: deps.maxPendingLogins,
      windowSeconds,
      refusal: 'Too many logins are pending.',
    });
    this.#signIns = limit('sign-in', {
      points: 20,
      windowSeconds: 900,
      refusal: 'Too many attempts to sign in.',
    });
    this.#signUps = limit('sign-up', {
      points: 20,
      windowSeconds: 3600,
      refusal: 'Too many accounts were created from this address.',
    });
    const guesses = { points: 5, windowSeconds: 900, refusal: 'Too many wrong codes were entered.' };
    this.#accountGuesses = limit('guess-account', guesses);
    this.#addressGuesses = limit('guess-address', guesses);
  }

  /** Admits one start, or throws a `rate_limited` Problem. */
  async admitStart(address: string): Promise<void> {
    await this.#starts.take(this.#subject(address));
    await this.#startsInTotal.take('all');
  }

  /** Admits one attempt to sign in: counted for the address and for the account it is about. */
  async admitSignIn(address: string, email: string): Promise<void> {
    await this.#signIns.take(this.#subject(address));
    await this.#signIns.take(this.#digest(`email:${email}`));
  }

  /** Admits one sign-up. */
  async admitSignUp(address: string): Promise<void> {
    await this.#signUps.take(this.#subject(address));
  }

  /** Throws when the account or the address has guessed wrong too often lately. (RFC 8628 §5.1) */
  async admitCodeEntry(address: string, userId: number): Promise<void> {
    await Promise.all([
      this.#accountGuesses.check(String(userId)),
      this.#addressGuesses.check(this.#subject(address)),
    ]);
  }

  /** Counts a wrong user_code. A right one never takes it back. */
  async countWrongCode(address: string, userId: number): Promise<void> {
    await Promise.all([
      this.#accountGuesses.count(String(userId)),
      this.#addressGuesses.count(this.#subject(address)),
    ]);
  }

  #subject(address: string): string {
    return this.#digest(addressForLimits(address));
  }

  /** Limits need to tell subjects apart, not to know them. */
  #digest(subject: string): string {
    return createHmac('sha256', this.#keys.address).update(subject).digest('base64url').slice(0, 22);
  }
}

/** One limit: a counter for each subject. */
class Limit {
  readonly #allowance: Allowance;
  readonly #limiter: RateLimiterRedis | null;

  constructor(name: string, allowance: Allowance, deps: LimitsDeps) {
    this.#allowance = allowance;
    this.#limiter = deps.enabled
      ? new RateLimiterRedis({
          storeClient: deps.redis,
          keyPrefix: `${deps.prefix ?? ''}ravi:limit:${name}`,
          points: allowance.points,
          duration: allowance.windowSeconds,
          inMemoryBlockOnConsumed: allowance.points + 1,
        })
      : null;
  }

  async take(subject: string): Promise<void> {
    try {
      await this.#limiter?.consume(subject);
    } catch (error) {
      throw error instanceof RateLimiterRes ? this.#refusal(error.msBeforeNext) : error;
    }
  }

  async check(subject: string): Promise<void> {
    const used = await this.#limiter?.get(subject);
    if (used && used.consumedPoints >= this.#allowance.points) throw this.#refusal(used.msBeforeNext);
  }

  async count(subject: string): Promise<void> {
    try {
      await this.#limiter?.consume(subject);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
    }
  }

  #refusal(msBeforeNext: number): Problem {
    const retryAfterSeconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
    return new Problem('rate_limited', `${this.#allowance.refusal} Try again in ${retryAfterSeconds} s.`, {
      retryAfterSeconds,
    });
  }
}
