import { type RedisClient, scanKeys } from '@ravi/redis';
import { type Account, foldEmail } from './account.ts';
import { accountFields, readAccount } from './account-fields.ts';
import { accountKey, everyAccount, everyIdentityEmail, identityEmailKey, signInKey } from './keyspace.ts';

/**
 * Finds accounts for an operator. An id or a whole address takes one look-up. A part of a name or address takes a scan of all
 * accounts, in batches: an index of people would have to be written at each sign-up, and would be a list of all people to anybody
 * who reads a copy of Redis.
 */
export class AccountDirectory {
  readonly #redis: RedisClient;
  readonly #prefix: string;

  constructor(redis: RedisClient, prefix = '') {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** The account with this id or e-mail address; null when there is none. At most two round trips. */
  async named(text: string): Promise<Account | null> {
    const name = foldEmail(text);
    const id = name.includes('@') ? await this.#redis.hget(signInKey(name, this.#prefix), 'user_id') : name;
    return /^[1-9]\d{0,15}$/.test(id ?? '') ? this.#read(Number(id)) : null;
  }

  /** The account that has an identity with this address, or gave it up lately; null when there is none. */
  async ofIdentity(address: string): Promise<Account | null> {
    const id = await this.#redis.get(identityEmailKey(foldEmail(address), this.#prefix));
    return id === null ? null : this.#read(Number(id));
  }

  /** Each account that has the text in its name, its e-mail address or an identity's address, once. Case does not matter. */
  async *search(text: string): AsyncGenerator<Account> {
    const part = fold(text);
    const told = new Set<number>();
    for await (const id of this.#candidates(part)) {
      if (told.has(id)) continue;
      const account = await this.#read(id);
      if (account === null) continue;
      told.add(id);
      yield account;
    }
  }

  /** The id of each account that has a second factor, or perhaps one that can be put back. */
  async *withFactors(): AsyncGenerator<number> {
    const start = accountKey('*', this.#prefix).length - 1;
    for await (const keys of scanKeys(this.#redis, everyAccount(this.#prefix))) {
      const found = await Promise.all(keys.map((key) => this.#redis.hmget(key, 'second_factor', 'undos')));
      for (const [at, [flag, undos]] of found.entries())
        if (flag === '1' || undos) yield Number(keys[at]?.slice(start));
    }
  }

  async *#candidates(part: string): AsyncGenerator<number> {
    const start = accountKey('*', this.#prefix).length - 1;
    for await (const keys of scanKeys(this.#redis, everyAccount(this.#prefix))) {
      const people = await Promise.all(
        keys.map((key) => this.#redis.hmget(key, 'email', 'first_name', 'last_name')),
      );
      for (const [at, [email, first, last]] of people.entries()) {
        const fits = fold(email ?? '').includes(part) || fold(`${first ?? ''} ${last ?? ''}`).includes(part);
        if (fits) yield Number(keys[at]?.slice(start));
      }
    }
    const addressStart = identityEmailKey('', this.#prefix).length;
    for await (const keys of scanKeys(this.#redis, everyIdentityEmail(this.#prefix))) {
      for (const key of keys.filter((found) => fold(found.slice(addressStart)).includes(part)))
        yield Number((await this.#redis.get(key)) ?? 0);
    }
  }

  async #read(id: number): Promise<Account | null> {
    return readAccount(id, await this.#redis.hmget(accountKey(id, this.#prefix), ...accountFields));
  }
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
