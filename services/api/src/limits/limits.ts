import { createHmac, type KeyObject, randomUUID } from 'node:crypto';
import type { RedisClient } from '@ravi/redis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { addressForLimits } from '../http/client-address.ts';
import { Problem } from '../http/problem.ts';
import { GuessLimit } from './guess-limit.ts';
import { StartAdmission, type StartRefusal, type StartRules } from './start-admission.ts';

/** How often something may happen: `points` per `windowSeconds` for each subject. */
interface Allowance {
  readonly points: number;
  readonly windowSeconds: number;
  /** What the client is told when it is used up. */
  readonly refusal: string;
}

export interface LimitsDeps extends StartRules {
  readonly redis: RedisClient;
  /** Hides the subjects of limits. */
  readonly addressKey: KeyObject;
  readonly enabled: boolean;
  readonly onStartRefused: (reason: StartRefusal) => void;
  /** Wrong user codes that may come from one address in 15 minutes. */
  readonly wrongCodesPerAddress: number;
  readonly prefix?: string;
}

/** A user_code that is being looked up, counted as a wrong guess until it turns out right. */
export interface CodeEntry {
  /** Takes this guess, and no other, back: what was guessed wrong before stays counted. */
  wasRight(): Promise<void>;
}

/** Wrong user codes that an account may enter, and the window in which they count. (RFC 8628 §5.1) */
const wrongCodesPerAccount = 5;
const wrongCodesWindowSeconds = 900;

/**
 * The limits that keep one party from spoiling the service for the others, counted in Redis, so that they hold across
 * all api instances. A refused subject is remembered in the process: its flood does not reach Redis.
 */
export class Limits {
  readonly #addressKey: KeyObject;
  readonly #enabled: boolean;
  readonly #starts: StartAdmission;
  readonly #signIns: Limit;
  readonly #signInsToAccount: Limit;
  readonly #providerSignIns: Limit;
  readonly #signUps: Limit;
  readonly #accountGuesses: GuessLimit;
  readonly #addressGuesses: GuessLimit;

  constructor(deps: LimitsDeps) {
    this.#addressKey = deps.addressKey;
    this.#enabled = deps.enabled;
    const limit = (name: string, allowance: Allowance) => new Limit(name, allowance, deps);
    this.#starts = new StartAdmission({ ...deps, onRefused: deps.onStartRefused });
    this.#signIns = limit('sign-in', {
      points: 20,
      windowSeconds: 900,
      refusal: 'Too many attempts to sign in.',
    });
    // Much more for the account: otherwise a stranger's failures would lock its owner out.
    this.#signInsToAccount = limit('sign-in-account', {
      points: 100,
      windowSeconds: 900,
      refusal: 'Too many attempts to sign in to this account.',
    });
    // More than for passwords: here nothing can be guessed, only the provider be bothered.
    this.#providerSignIns = limit('sign-in-provider', {
      points: 100,
      windowSeconds: 900,
      refusal: 'Too many attempts to sign in.',
    });
    this.#signUps = limit('sign-up', {
      points: 20,
      windowSeconds: 3600,
      refusal: 'Too many accounts were created from this address.',
    });
    const guessLimit = (name: string, max: number) =>
      new GuessLimit(deps.redis, `${deps.prefix ?? ''}ravi:limit:${name}`, {
        max,
        windowSeconds: wrongCodesWindowSeconds,
      });
    this.#accountGuesses = guessLimit('wrong-codes-account', wrongCodesPerAccount);
    this.#addressGuesses = guessLimit('wrong-codes-address', deps.wrongCodesPerAddress);
  }

  /** Admits one start, or throws a Problem: switched off, from outside of the allowed networks, or too many. */
  admitStart(address: string): Promise<void> {
    return this.#starts.admit(address, this.#enabled ? this.#subject(address) : '');
  }

  /** Admits one attempt to sign in: counted for the address and for the account it is about. */
  async admitSignIn(address: string, email: string): Promise<void> {
    await this.#signIns.take(this.#subject(address));
    await this.#signInsToAccount.take(this.#digest(email));
  }

  /** Admits one return from an OpenID provider: each makes us ask the provider. */
  async admitProviderSignIn(address: string): Promise<void> {
    await this.#providerSignIns.take(this.#subject(address));
  }

  /** Admits one sign-up. */
  async admitSignUp(address: string): Promise<void> {
    await this.#signUps.take(this.#subject(address));
  }

  /**
   * Counts an entered user_code as a wrong guess, before it is looked at, so that guesses at the same moment count too.
   * Throws when the account or the address has guessed wrong too often lately. (RFC 8628 §5.1)
   */
  async admitCodeEntry(address: string, userId: number): Promise<CodeEntry> {
    if (!this.#enabled) return { wasRight: () => Promise.resolve() };
    const guess = randomUUID();
    const account = String(userId);
    const subject = this.#subject(address);
    const takeBack = async () => {
      await Promise.all([
        this.#accountGuesses.takeBack(account, guess),
        this.#addressGuesses.takeBack(subject, guess),
      ]);
    };
    const waits = await Promise.all([
      this.#accountGuesses.take(account, guess),
      this.#addressGuesses.take(subject, guess),
    ]);
    const waitMs = Math.max(...waits.map((wait) => wait ?? 0));
    if (waits.every((wait) => wait === null)) return { wasRight: takeBack };
    // One of the two may have counted it, and it is not looked at.
    await takeBack();
    throw refusal('Too many wrong codes were entered.', waitMs);
  }

  #subject(address: string): string {
    return this.#digest(addressForLimits(address));
  }

  /** Limits need to tell subjects apart, not to know them. */
  #digest(subject: string): string {
    return createHmac('sha256', this.#addressKey).update(subject).digest('base64url').slice(0, 22);
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
          // A used-up subject is refused from memory until its window ends.
          inMemoryBlockOnConsumed: allowance.points + 1,
        })
      : null;
  }

  async take(subject: string): Promise<void> {
    try {
      await this.#limiter?.consume(subject);
    } catch (error) {
      throw error instanceof RateLimiterRes ? refusal(this.#allowance.refusal, error.msBeforeNext) : error;
    }
  }
}

function refusal(sentence: string, msBeforeNext: number): Problem {
  const retryAfterSeconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return new Problem('rate_limited', `${sentence} Try again in ${retryAfterSeconds} s.`, {
    retryAfterSeconds,
  });
}
