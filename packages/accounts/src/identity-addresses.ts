import { isRedisFull, loadScript, type RedisClient, replyOf, runScript } from '@ravi/redis';
import type { Identity } from './account.ts';
import { accountKey, givenUpKey, identityEmailKey, identityField } from './keyspace.ts';

const holdAddress = loadScript(new URL('./lua/hold-address.lua', import.meta.url));
const giveUpAddress = loadScript(new URL('./lua/give-up-address.lua', import.meta.url));

/** How long nobody else gets an address that an identity gave up: mail for it must not go astray. */
export const keptBackMs = 30 * 24 * 3600 * 1000;

/** How long an address is not free that was reserved and never used. */
const releasedMs = 1_000;

/** Addresses that an account gave up and that are kept back for it; one more, and the one given up first is free. */
export const maxGivenUpAddresses = 20;

/** The addresses of identities in Redis: each is in one account at most. */
export class IdentityAddresses {
  /** The connection on which records are written. */
  readonly #redis: RedisClient;
  readonly #prefix: string;

  constructor(redis: RedisClient, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /**
   * Takes an address for an account, `held` where it had it before. Called before and after the identity is written: who gives it up
   * for the account meanwhile takes nothing away.
   */
  async hold(email: string, userId: number): Promise<'reserved' | 'held' | 'taken'> {
    const reply = await runScript(this.#redis, holdAddress, identityEmailKey(email, this.#prefix), userId);
    return replyOf(reply, 'reserved', 'held', 'taken')[0];
  }

  /** An address that was reserved is not used after all, unless another identity of the account took it meanwhile. */
  async release(email: string, userId: number): Promise<void> {
    await this.#end(email, userId, releasedMs);
    if (await this.#isUsed(email, userId)) await this.hold(email, userId);
  }

  /** An identity does not use its address any more, unless another one of the account does. */
  async giveUp(email: string, userId: number, nowMs: number): Promise<void> {
    const given = givenUpKey(userId, this.#prefix);
    await this.#end(email, userId, keptBackMs);
    // Looked at after that: an identity that took it meanwhile holds it again, or is seen here.
    if (await this.#isUsed(email, userId)) {
      await this.hold(email, userId);
      return;
    }
    try {
      await this.#redis.zadd(given, nowMs, email);
    } catch (error) {
      // With a full Redis it is kept back and not counted: deleting an identity goes on.
      if (isRedisFull(error)) return;
      throw error;
    }
    await this.#redis.pexpire(given, keptBackMs);
    const surplus = (await this.#redis.zcard(given)) - maxGivenUpAddresses;
    if (surplus <= 0) return;
    const oldest = await this.#redis.zrange(given, '0', String(surplus - 1));
    await Promise.all(oldest.map((old) => this.#end(old, userId, '')));
    await this.#redis.zrem(given, ...oldest);
  }

  async #end(email: string, userId: number, keptBack: number | ''): Promise<void> {
    await runScript(this.#redis, giveUpAddress, identityEmailKey(email, this.#prefix), userId, keptBack);
  }

  async #isUsed(email: string, userId: number): Promise<boolean> {
    const fields = await this.#redis.hgetall(accountKey(userId, this.#prefix));
    return Object.entries(fields).some(
      ([field, text]) => field.startsWith(identityField) && (JSON.parse(text) as Identity).email === email,
    );
  }
}
