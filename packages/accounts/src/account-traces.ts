import { loadScript, type RedisClient, replyOf, runScript } from '@ravi/redis';
import type { Account, Identity } from './account.ts';
import { IdentityAddresses, keptBackMs } from './identity-addresses.ts';
import {
  accountKey,
  accountSessionsKey,
  givenUpKey,
  identityField,
  keysByOwner,
  signInKey,
} from './keyspace.ts';

const removeSignIn = loadScript(new URL('./lua/remove-sign-in.lua', import.meta.url));

/** What an account leaves in Redis of itself, for its deletion: all of it may be repeated. */
export class AccountTraces {
  readonly #redis: RedisClient;
  readonly #prefix: string;

  constructor(redis: RedisClient, prefix = '') {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /**
   * Removes those of these keys that belong to the account: sessions, links to a provider, lists, an address to which it was just moving.
   * An identity's address is kept back for 30 days, as when the identity is deleted. Resolves to how many were removed.
   */
  async removeFrom(keys: readonly string[], account: Pick<Account, 'id' | 'email'>): Promise<number> {
    const removed = await Promise.all(keys.map((key) => this.#remove(key, account)));
    return removed.filter(Boolean).length;
  }

  /** Removes what leads to the account and the account, last of all: until then the deletion can be repeated by its id. */
  async removeAccount({ id, email }: Account): Promise<void> {
    await this.#removeSignIn(signInKey(email, this.#prefix), id);
    await this.#redis.unlink(accountKey(id, this.#prefix));
  }

  /**
   * Keeps the addresses of the account's identities for good again: a deletion that was taken back had begun to keep them back for 30
   * days alone.
   */
  async holdAddresses(userId: number): Promise<void> {
    const addresses = new IdentityAddresses(this.#redis, this.#prefix);
    const fields = await this.#redis.hgetall(accountKey(userId, this.#prefix));
    const identities = Object.entries(fields).filter(([field]) => field.startsWith(identityField));
    await Promise.all(
      identities.map(([, text]) => addresses.hold((JSON.parse(text) as Identity).email, userId)),
    );
  }

  async #removeSignIn(key: string, userId: number): Promise<boolean> {
    const [word] = replyOf(await runScript(this.#redis, removeSignIn, key, userId), 'removed', 'not_its');
    return word === 'removed';
  }

  async #remove(key: string, { id: userId, email }: Pick<Account, 'id' | 'email'>): Promise<boolean> {
    const kinds = keysByOwner(this.#prefix);
    if (key.startsWith(kinds.signIn)) {
      if (key === signInKey(email, this.#prefix)) return false;
      return (
        (await this.#redis.hget(key, 'user_id')) === String(userId) && (await this.#removeSignIn(key, userId))
      );
    }
    const lists = [accountSessionsKey(userId, this.#prefix), givenUpKey(userId, this.#prefix)];
    if (key.startsWith(kinds.identityEmail)) {
      if (await this.#isOf(key, userId)) await this.#redis.pexpire(key, keptBackMs, 'NX');
      return false;
    }
    const its =
      lists.includes(key) ||
      (key.startsWith(kinds.externalSubject) && (await this.#isOf(key, userId))) ||
      (key.startsWith(kinds.session) && (await this.#isSessionOf(key, userId)));
    return its && (await this.#redis.unlink(key)) === 1;
  }

  async #isOf(key: string, userId: number): Promise<boolean> {
    return (await this.#redis.get(key)) === String(userId);
  }

  /** Whether it is a session of this account. What names the session that goes on is no JSON, and ends within a minute. */
  async #isSessionOf(key: string, userId: number): Promise<boolean> {
    const text = await this.#redis.get(key);
    return (
      text?.startsWith('{') === true && (JSON.parse(text) as { readonly userId: unknown }).userId === userId
    );
  }
}
