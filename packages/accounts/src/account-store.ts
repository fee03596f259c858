import { createHash, randomUUID } from 'node:crypto';
import { loadScript, type RedisClient, runScript } from '@ravi/redis';
import type { Account, AccountWithIdentities, Identity } from './account.ts';
import { foldEmail } from './account.ts';
import { generateIdentityName } from './identity-name.ts';
import { accountKey, identityEmailKey, identityField } from './keyspace.ts';

const reserveEmail = loadScript(new URL('./lua/reserve-email.lua', import.meta.url));
const reservationSeconds = 60;

/** What a sign-up gives. */
export interface NewAccount {
  readonly email: string;
  readonly passwordHash: string;
  readonly firstName: string;
  readonly lastName: string;
  /** The domain of the first identity's address. */
  readonly identityEmailDomain: string;
}

/** What a sign-in is checked against. */
export interface SignInRecord {
  readonly userId: number;
  readonly passwordHash: string;
}

/** Embedded accounts in Redis. One hash holds an account with its identities; another finds it by e-mail. */
export class AccountStore {
  readonly #redis: RedisClient;
  readonly #prefix: string;

  constructor(redis: RedisClient, prefix = '') {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** Creates an account with one identity of a generated name; null when the e-mail has an account already. */
  async create(input: NewAccount, nowMs: number): Promise<Account | null> {
    const signIn = this.#signInKey(input.email);
    if ((await this.#redis.exists(signIn)) === 1) return null;
    const id = await this.#redis.incr(`${this.#prefix}ravi:account-id`);
    const reserved = await runScript(
      this.#redis,
      reserveEmail,
      signIn,
      id,
      input.passwordHash,
      reservationSeconds,
    );
    if (!Array.isArray(reserved) || reserved[0] !== 'reserved') return null;
    const account = { id, email: input.email.trim(), firstName: input.firstName, lastName: input.lastName };
    const identity = await this.#drawIdentity(id, input.identityEmailDomain, nowMs);
    await this.#redis.hset(accountKey(id, this.#prefix), {
      email: account.email,
      first_name: account.firstName,
      last_name: account.lastName,
      created_at: nowMs,
      [identityField + identity.uuid]: JSON.stringify(identity),
    });
    await this.#redis.persist(signIn);
    return account;
  }

  /** The record behind an e-mail address, whatever its case; null when there is none. */
  async findSignIn(email: string): Promise<SignInRecord | null> {
    const [userId, passwordHash] = await this.#redis.hmget(
      this.#signInKey(email),
      'user_id',
      'password_hash',
    );
    return userId && passwordHash ? { userId: Number(userId), passwordHash } : null;
  }

  /** An account with its identities, in one round trip; null when there is none. */
  async read(userId: number): Promise<AccountWithIdentities | null> {
    const fields = await this.#redis.hgetall(accountKey(userId, this.#prefix));
    if (fields['email'] === undefined) return null;
    const identities = Object.entries(fields)
      .filter(([field]) => field.startsWith(identityField))
      .map(([, text]) => JSON.parse(text) as Identity)
      .toSorted((a, b) => a.createdAt.localeCompare(b.createdAt));
    return {
      account: {
        id: userId,
        email: fields['email'],
        firstName: fields['first_name'] ?? '',
        lastName: fields['last_name'] ?? '',
      },
      identities,
    };
  }

  /** Whether the identity belongs to the account. */
  async ownsIdentity(userId: number, identityUuid: string): Promise<boolean> {
    return (await this.#redis.hexists(accountKey(userId, this.#prefix), identityField + identityUuid)) === 1;
  }

  /** An identity whose address nobody else has. */
  async #drawIdentity(userId: number, domain: string, nowMs: number): Promise<Identity> {
    for (;;) {
      const { name, localPart } = generateIdentityName();
      const email = `${localPart}@${domain}`;
      const taken = await this.#redis.set(identityEmailKey(email, this.#prefix), userId, 'NX');
      if (taken === null) continue;
      const now = new Date(nowMs).toISOString();
      return { uuid: randomUUID(), name, email, phone: '', createdAt: now, updatedAt: now };
    }
  }

  /** Hashed, so that the keyspace is no list of people. */
  #signInKey(email: string): string {
    const digest = createHash('sha256').update(foldEmail(email)).digest('base64url');
    return `${this.#prefix}ravi:sign-in:${digest}`;
  }
}
