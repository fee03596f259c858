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
  /** A used-up subject is refused from memory until its window ends: not where points are given back. */
  readonly remembered: boolean;
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
  readonly #enabled: boolean;
  readonly #starts: Limit;
  readonly #startsInTotal: Limit;
  readonly #signIns: Limit;
  readonly #signInsToAccount: Limit;
  readonly #signUps: Limit;
  readonly #accountGuesses: Limit;
  readonly #addressGuesses: Limit;

  constructor(deps: LimitsDeps) {
    this.#keys = deps.keys;
    this.#enabled = deps.enabled;
    const limit = (name: string, allowance: Allowance) => new Limit(name, allowance, deps);
    const windowSeconds = deps.deviceCodeTtlSeconds;
    this.#starts = limit('start', {
      points: pendingPerAddress,
      windowSeconds,
      remembered: true,
      refusal: 'Too many logins were started from this address.',
    });
    this.#startsInTotal = limit('start-total', {
      points: deps.maxPendingLogins,
      windowSeconds,
      remembered: true,
      refusal: 'Too many logins were started lately.',
    });
    this.#signIns = limit('sign-in', {
      points: 20,
      windowSeconds: 900,
      remembered: true,
      refusal: 'Too many attempts to sign in.',
    });
    // Much more for the account: otherwise a stranger's failures would lock its owner out.
    this.#signInsToAccount = limit('sign-in-account', {
      points: 100,
      windowSeconds: 900,
      remembered: true,
      refusal: 'Too many attempts to sign in to this account.',
    });
    this.#signUps = limit('sign-up', {
      points: 20,
      windowSeconds: 3600,
      remembered: true,
      refusal: 'Too many accounts were created from this address.',
    });
    const guesses = { windowSeconds: 900, remembered: false, refusal: 'Too many wrong codes were entered.' };
    this.#accountGuesses = limit('guess-account', { ...guesses, points: 5 });
    // More than one person may sit behind an address.
    this.#addressGuesses = limit('guess-address', { ...guesses, points: 20 });
  }

  /** Admits one start, or throws a `rate_limited` Problem. */
  async admitStart(address: string): Promise<void> {
    if (!this.#enabled) return;
    await this.#starts.take(this.#subject(address));
    await this.#startsInTotal.take('all');
  }

  /** Admits one attempt to sign in: counted for the address and for the account it is about. */
  async admitSignIn(address: string, email: string): Promise<void> {
    await this.#signIns.take(this.#subject(address));
    await this.#signInsToAccount.take(this.#digest(email));
  }

  /** Admits one sign-up. */
  async admitSignUp(address: string): Promise<void> {
    await this.#signUps.take(this.#subject(address));
  }

  /**
   * Counts an entered user_code as a wrong guess, before it is looked at, so that guesses at the same moment count too.
   * Throws when the account or the address has guessed wrong too often lately. (RFC 8628 §5.1)
   */
  async admitCodeEntry(address: string, userId: number): Promise<void> {
    await this.#accountGuesses.take(String(userId));
    await this.#addressGuesses.take(this.#subject(address));
  }

  /** The entered code was right: this guess, and no other, is taken back. */
  async forgiveCodeEntry(address: string, userId: number): Promise<void> {
    await Promise.all([
      this.#accountGuesses.giveBack(String(userId)),
      this.#addressGuesses.giveBack(this.#subject(address)),
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
          ...(allowance.remembered ? { inMemoryBlockOnConsumed: allowance.points + 1 } : {}),
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

  async giveBack(subject: string): Promise<void> {
    await this.#limiter?.reward(subject);
  }

  #refusal(msBeforeNext: number): Problem {
    const retryAfterSeconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
    return new Problem('rate_limited', `${this.#allowance.refusal} Try again in ${retryAfterSeconds} s.`, {
      retryAfterSeconds,
    });
  }
}
