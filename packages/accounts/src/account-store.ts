import { randomBytes, randomUUID } from 'node:crypto';
import {
  isRedisFull,
  loadScript,
  type RecordWrites,
  type RedisClient,
  replyOf,
  runScript,
  unconfirmedWrites,
} from '@ravi/redis';
import { writtenFormat } from '@ravi/runtime';
import {
  type Account,
  type AccountWithIdentities,
  type ExternalSubject,
  foldEmail,
  type Identity,
} from './account.ts';
import { accountFields, readAccount } from './account-fields.ts';
import { generateIdentityName } from './identity-name.ts';
import { linkOf, linksToText, type NewLink } from './provider-links.ts';
import {
  accountKey,
  externalSubjectKey,
  givenUpKey,
  identityEmailKey,
  identityField,
  signInKey,
} from './keyspace.ts';
import { setField } from './set-field.ts';

const reserveEmail = loadScript(new URL('./lua/reserve-email.lua', import.meta.url));
const changePassword = loadScript(new URL('./lua/change-password.lua', import.meta.url));
const reserveAccount = loadScript(new URL('./lua/reserve-account.lua', import.meta.url));
const verifyEmail = loadScript(new URL('./lua/verify-email.lua', import.meta.url));
const beginEpoch = loadScript(new URL('./lua/begin-epoch.lua', import.meta.url));

/** How long an id or address is taken for an account that is not written yet. */
export const reservationSeconds = 60;

/** A person who gets an account. */
export interface NewPerson {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  /** Whether the address is known to be this person's. */
  readonly emailVerified?: boolean;
  /** The domain of the first identity's address. */
  readonly identityEmailDomain: string;
}

/** The account that a sign-up creates. */
export interface NewAccount extends NewPerson {
  readonly passwordHash: string;
}

/** An id that is taken for a new account, and the epoch in which the account begins. */
export interface ReservedId {
  readonly id: number;
  readonly epoch: string;
}

/** Records of an account that lie beside it: how it is found by its e-mail address, and by a provider's subject. */
export interface RecordsBeside {
  readonly email?: string;
  readonly subject?: ExternalSubject;
}

/** What a sign-in is checked against. */
export interface SignInRecord {
  readonly userId: number;
  readonly passwordHash: string;
}

/** Whether something that an account granted may still be alive, as far as the account is concerned. */
export interface AccountStanding {
  readonly account: Account;
  /** Whether it still has the identity that was asked about; true where none was. */
  readonly hasIdentity: boolean;
}

/** Where an account says in which epoch it is, for scripts that write what belongs to one. */
export interface EpochPlace {
  readonly key: string;
  readonly epochField: string;
  readonly epoch: string;
  /** The field of the identity that must be there; empty for none. */
  readonly requiredField: string;
}

/** What ends: what the account granted, its browser sessions, or both. */
export type EndOf = 'grants' | 'sessions' | 'everything';

const epochFields: Readonly<Record<EndOf, readonly string[]>> = {
  grants: ['epoch'],
  sessions: ['sessions_epoch'],
  everything: ['epoch', 'sessions_epoch'],
};

const blockedFlags = { block: '1', unblock: '0', delete: 'deleting' } as const;

/** Embedded accounts in Redis. One hash holds an account with its identities; another finds it by e-mail. */
export class AccountStore {
  readonly #redis: RedisClient;
  readonly #prefix: string;
  readonly #writes: RecordWrites;

  constructor(redis: RedisClient, prefix = '', writes: RecordWrites = unconfirmedWrites(redis)) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#writes = writes;
  }

  /**
   * Resolves once enough replicas have what was written of this account (`RECORDS_REPLICAS`), and of what is named beside it. Rejects
   * with `NotReplicated`.
   */
  async replicated(userId: number, beside: RecordsBeside = {}): Promise<void> {
    const { email, subject } = beside;
    await this.#writes.replicated(
      accountKey(userId, this.#prefix),
      ...(email === undefined ? [] : [this.#signInKey(email)]),
      ...(subject === undefined ? [] : [externalSubjectKey(subject.issuer, subject.subject, this.#prefix)]),
    );
  }

  /** Creates an account with one identity of a generated name; null when the e-mail has an account already. */
  async create(input: NewAccount, nowMs: number): Promise<Account | null> {
    if ((await this.#redis.exists(this.#signInKey(input.email))) === 1) return null;
    const reserved = await this.reserveId();
    if (!(await this.reserve(input.email, reserved.id, input.passwordHash))) return null;
    const account = await this.write(reserved, input, nowMs);
    await this.#writes.redis.persist(this.#signInKey(input.email));
    return account;
  }

  /**
   * Makes an account last, with how it is found by its address, that was written by a process which died, or never learnt that it wrote it:
   * till then both are there for a minute. The account first: an address without one would be nobody's, and taken.
   */
  async keep({ id, email }: Pick<Account, 'id' | 'email'>): Promise<void> {
    const { redis } = this.#writes;
    const key = accountKey(id, this.#prefix);
    await redis.persist(key);
    if ((await redis.exists(key)) === 1) await redis.persist(this.#signInKey(email));
  }

  /**
   * Takes an id that no account has: random, so that none comes back after data was lost. As an integer that JSON and every language
   * read, from 1 to 2^53 - 1.
   */
  async reserveId(): Promise<ReservedId> {
    for (;;) {
      const id = Number(randomBytes(8).readBigUInt64BE() >> 11n);
      if (id === 0) continue;
      const reply = await runScript(
        this.#writes.redis,
        reserveAccount,
        accountKey(id, this.#prefix),
        reservationSeconds,
      );
      const [word, epoch = ''] = replyOf(reply, 'reserved', 'taken');
      if (word === 'reserved') return { id, epoch };
    }
  }

  /** Takes an address for a minute; false when it is taken. */
  async reserve(email: string, id: number, passwordHash: string): Promise<boolean> {
    const key = this.#signInKey(email);
    const reply = await runScript(
      this.#writes.redis,
      reserveEmail,
      key,
      id,
      passwordHash,
      reservationSeconds,
    );
    const [word] = replyOf(reply, 'reserved', 'taken');
    return word === 'reserved';
  }

  /** Writes the account of a reserved id, with one identity of a generated name. */
  async write({ id, epoch }: ReservedId, input: NewPerson, nowMs: number, who?: NewLink): Promise<Account> {
    const email = input.email.trim();
    const { firstName, lastName, emailVerified = false } = input;
    const identity = await this.#drawIdentity(id, input.identityEmailDomain, nowMs);
    const key = accountKey(id, this.#prefix);
    try {
      await this.#writes.redis.hset(key, {
        v: writtenFormat,
        email,
        first_name: firstName,
        last_name: lastName,
        created_at: nowMs,
        epoch,
        sessions_epoch: epoch,
        ...(emailVerified ? { verified_email: foldEmail(email) } : {}),
        ...(who ? { providers: linksToText([linkOf(who)]) } : {}),
        [identityField + identity.uuid]: JSON.stringify(identity),
      });
    } catch (error) {
      // Refused, so that nobody has the address. After any other failure somebody may.
      if (isRedisFull(error)) await this.#writes.redis.del(identityEmailKey(identity.email, this.#prefix));
      throw error;
    }
    await this.#writes.redis.persist(key);
    return {
      id,
      email,
      firstName,
      lastName,
      epoch,
      sessionsEpoch: epoch,
      emailVerified,
      blocked: false,
      hasSecondFactor: false,
      language: '',
    };
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

  /** The account that has an e-mail address, however it signs in; null when there is none. */
  async userIdOf(email: string): Promise<number | null> {
    const userId = await this.#redis.hget(this.#signInKey(email), 'user_id');
    return userId === null ? null : Number(userId);
  }

  /** Replaces a password's hash; false when it is not the one that was checked any more. */
  async changePassword(email: string, checkedHash: string, newHash: string): Promise<boolean> {
    const key = this.#signInKey(email);
    const reply = await runScript(this.#writes.redis, changePassword, key, checkedHash, newHash);
    const [word] = replyOf(reply, 'changed', 'changed_meanwhile');
    return word === 'changed';
  }

  /** An account with its identities, in one round trip; null when there is none. */
  async read(userId: number): Promise<AccountWithIdentities | null> {
    const fields = await this.#redis.hgetall(accountKey(userId, this.#prefix));
    const account = readAccount(
      userId,
      accountFields.map((field) => fields[field]),
    );
    if (account === null) return null;
    const identities = Object.entries(fields)
      .filter(([field]) => field.startsWith(identityField))
      .map(([, text]) => JSON.parse(text) as Identity)
      .toSorted((a, b) => a.createdAt.localeCompare(b.createdAt));
    return { account, identities };
  }

  /** Notes that the address is this person's, where the account still has that address. False where it has not, or is gone. */
  async noteVerified(userId: number, email: string): Promise<boolean> {
    const key = accountKey(userId, this.#prefix);
    const reply = await runScript(this.#writes.redis, verifyEmail, key, email, foldEmail(email));
    const [word] = replyOf(reply, 'verified', 'not_its');
    return word === 'verified';
  }

  /** Notes in which language the account's person reads our pages: mails that no browser asks for are in it. */
  async noteLanguage(userId: number, language: string): Promise<void> {
    await setField(this.#writes.redis, accountKey(userId, this.#prefix), 'language', language);
  }

  /** When the account was created; null when there is none. */
  async createdAtMs(userId: number): Promise<number | null> {
    const createdAt = await this.#redis.hget(accountKey(userId, this.#prefix), 'created_at');
    return createdAt === null ? null : Number(createdAt);
  }

  /** The addresses that its identities gave up, and that are kept back for it. */
  async givenUpAddresses(userId: number): Promise<readonly string[]> {
    return this.#redis.zrange(givenUpKey(userId, this.#prefix), '0', '-1');
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

  /** How an account stands; null when it is gone. One round trip, however many identities it has. */
  async standing(userId: number, identityUuid = ''): Promise<AccountStanding | null> {
    const fields = [...accountFields, ...(identityUuid === '' ? [] : [identityField + identityUuid])];
    const values = await this.#redis.hmget(accountKey(userId, this.#prefix), ...fields);
    const account = readAccount(userId, values);
    const hasIdentity = identityUuid === '' || typeof values[accountFields.length] === 'string';
    return account && { account, hasIdentity };
  }

  /** Where it stands whether the account is still in this epoch and has this identity (empty for none). */
  epochPlace(userId: number, epoch: string, identityUuid: string): EpochPlace {
    return {
      key: accountKey(userId, this.#prefix),
      epochField: 'epoch',
      epoch,
      requiredField: identityUuid === '' ? '' : identityField + identityUuid,
    };
  }

  /**
   * Ends at once what an account granted, its sessions, or both: one write, however much that is. `delete` blocks it for its deletion.
   * Resolves to the epochs that began and ended; null when there is no such account, or where its sessions are not of the epoch that is
   * named.
   */
  async end(
    userId: number,
    what: EndOf,
    blocking: keyof typeof blockedFlags | null = null,
    sessionsEpoch = '',
  ): Promise<{ readonly epoch: string; readonly former: string } | null> {
    const flag = blocking === null ? '' : blockedFlags[blocking];
    const key = accountKey(userId, this.#prefix);
    const reply = await runScript(
      this.#writes.redis,
      beginEpoch,
      key,
      flag,
      sessionsEpoch,
      ...epochFields[what],
    );
    const [word, epoch = '', former = ''] = replyOf(reply, 'began', 'unknown');
    return word === 'began' ? { epoch, former } : null;
  }

  async ownsIdentity(userId: number, identityUuid: string): Promise<boolean> {
    return (await this.#redis.hexists(accountKey(userId, this.#prefix), identityField + identityUuid)) === 1;
  }

  /** An identity whose address nobody else has. */
  async #drawIdentity(userId: number, domain: string, nowMs: number): Promise<Identity> {
    for (;;) {
      const { name, localPart } = generateIdentityName();
      const email = `${localPart}@${domain}`;
      const taken = await this.#writes.redis.set(identityEmailKey(email, this.#prefix), userId, 'NX');
      if (taken === null) continue;
      const now = new Date(nowMs).toISOString();
      return { uuid: randomUUID(), name, email, phone: '', createdAt: now, updatedAt: now };
    }
  }

  #signInKey(email: string): string {
    return signInKey(email, this.#prefix);
  }
}
