import { randomUUID } from 'node:crypto';
import {
  isRedisFull,
  loadScript,
  type RedisClient,
  replyWords,
  runScript,
  UnexpectedReply,
} from '@ravi/redis';
import type { Account, AccountWithIdentities, Identity } from './account.ts';
import { generateIdentityName } from './identity-name.ts';
import {
  accountKey,
  allEndedField,
  externalSubjectKey,
  identityEmailKey,
  identityField,
  lastAccountIdKey,
  signInKey,
} from './keyspace.ts';

const reserveEmail = loadScript(new URL('./lua/reserve-email.lua', import.meta.url));
const changePassword = loadScript(new URL('./lua/change-password.lua', import.meta.url));
const endAll = loadScript(new URL('./lua/end-all.lua', import.meta.url));
const reservationSeconds = 60;

/** A person who gets an account. */
export interface NewPerson {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  /** The domain of the first identity's address. */
  readonly identityEmailDomain: string;
}

/** The account that a sign-up creates. */
export interface NewAccount extends NewPerson {
  readonly passwordHash: string;
}

/** A person as an OpenID provider names them. (OpenID Connect Core §5.7: only both together are unique and lasting) */
export interface ExternalSubject {
  readonly issuer: string;
  readonly subject: string;
}

/** What became of the first sign-in through a provider; `busy` when another one of the same person is being written. */
export type LinkedCreation =
  | { readonly kind: 'created'; readonly account: Account }
  | { readonly kind: 'emailTaken' }
  | { readonly kind: 'busy' };

/** What a sign-in is checked against. */
export interface SignInRecord {
  readonly userId: number;
  readonly passwordHash: string;
}

/** How to check that an approval still stands: the account's hash, and the fields of it that tell. */
export interface ApprovalStillStands {
  readonly key: string;
  readonly approvedAtMs: number;
  readonly allEndedField: string;
  /** Empty where no identity was chosen. */
  readonly requiredField: string;
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
    if ((await this.#redis.exists(this.#signInKey(input.email))) === 1) return null;
    const id = await this.#nextId();
    if (!(await this.#reserve(input.email, id, input.passwordHash))) return null;
    const account = await this.#write(id, input, nowMs);
    await this.#redis.persist(this.#signInKey(input.email));
    return account;
  }

  /** The account that an external sign-in belongs to; null before the first. */
  async findLinked(who: ExternalSubject): Promise<Account | null> {
    const userId = await this.#redis.get(this.#linkKey(who));
    return userId === null ? null : ((await this.read(Number(userId)))?.account ?? null);
  }

  /**
   * Creates the account of an external subject, with one identity and no password. Never joins an account that has the e-mail
   * already: whoever can make a provider vouch for an address would own it.
   */
  async createLinked(who: ExternalSubject, input: NewPerson, nowMs: number): Promise<LinkedCreation> {
    const link = this.#linkKey(who);
    const id = await this.#nextId();
    // Like the address, taken for a minute: a process that dies half-way leaves nothing behind.
    const linked = await this.#redis.set(link, id, 'EX', reservationSeconds, 'NX');
    if (linked === null) {
      const account = await this.findLinked(who);
      return account ? { kind: 'created', account } : { kind: 'busy' };
    }
    if (!(await this.#reserve(input.email, id, ''))) {
      await this.#redis.del(link);
      return { kind: 'emailTaken' };
    }
    const account = await this.#write(id, input, nowMs);
    // The link first: without it the person could not get in again.
    await this.#redis.persist(link);
    await this.#redis.persist(this.#signInKey(input.email));
    return { kind: 'created', account };
  }

  #nextId(): Promise<number> {
    return this.#redis.incr(lastAccountIdKey(this.#prefix));
  }

  /** Takes an address for a minute; false when it is taken. */
  async #reserve(email: string, id: number, passwordHash: string): Promise<boolean> {
    const key = this.#signInKey(email);
    const reply = await runScript(this.#redis, reserveEmail, key, id, passwordHash, reservationSeconds);
    const [word] = replyWords(reply);
    if (word !== 'reserved' && word !== 'taken') throw new UnexpectedReply(word);
    return word === 'reserved';
  }

  async #write(id: number, input: NewPerson, nowMs: number): Promise<Account> {
    const account = { id, email: input.email.trim(), firstName: input.firstName, lastName: input.lastName };
    const identity = await this.#drawIdentity(id, input.identityEmailDomain, nowMs);
    try {
      await this.#redis.hset(accountKey(id, this.#prefix), {
        email: account.email,
        first_name: account.firstName,
        last_name: account.lastName,
        created_at: nowMs,
        [identityField + identity.uuid]: JSON.stringify(identity),
      });
    } catch (error) {
      // Refused, so that nobody has the address. After any other failure somebody may.
      if (isRedisFull(error)) await this.#redis.del(identityEmailKey(identity.email, this.#prefix));
      throw error;
    }
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

  /** Replaces a password's hash; false when it is not the one that was checked any more. */
  async changePassword(email: string, checkedHash: string, newHash: string): Promise<boolean> {
    const key = this.#signInKey(email);
    const [word] = replyWords(await runScript(this.#redis, changePassword, key, checkedHash, newHash));
    if (word !== 'changed' && word !== 'changed_meanwhile') throw new UnexpectedReply(word);
    return word === 'changed';
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

  /** Reads as `read` does, each account once: for work that lasts a moment. */
  readOnce(): Pick<AccountStore, 'read'> {
    const reads = new Map<number, ReturnType<AccountStore['read']>>();
    return {
      read: (userId) => {
        const read = reads.get(userId) ?? this.read(userId);
        reads.set(userId, read);
        return read;
      },
    };
  }

  /** Notes that the account ended everything that it had granted so far. */
  async noteAllEnded(userId: number, nowMs: number): Promise<void> {
    await runScript(this.#redis, endAll, accountKey(userId, this.#prefix), nowMs);
  }

  /**
   * The check that an approval still stands: the account ended nothing since, and still has the identity (empty for none).
   * It is made at delivery, in the script that writes the records.
   */
  approvalStillStands(userId: number, approvedAtMs: number, identityUuid: string): ApprovalStillStands {
    return {
      key: accountKey(userId, this.#prefix),
      approvedAtMs,
      allEndedField,
      requiredField: identityUuid === '' ? '' : identityField + identityUuid,
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

  #linkKey({ issuer, subject }: ExternalSubject): string {
    return externalSubjectKey(issuer, subject, this.#prefix);
  }

  #signInKey(email: string): string {
    return signInKey(email, this.#prefix);
  }
}
