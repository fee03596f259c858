import { randomBytes, randomUUID } from 'node:crypto';
import {
  isRedisFull,
  loadScript,
  type RecordWrites,
  type RedisClient,
  replyWords,
  runScript,
  unconfirmedWrites,
  UnexpectedReply,
} from '@ravi/redis';
import { writtenFormat } from '@ravi/runtime';
import { type Account, type AccountWithIdentities, foldEmail, type Identity } from './account.ts';
import { accountFields, readAccount } from './account-fields.ts';
import { generateIdentityName } from './identity-name.ts';
import {
  accountKey,
  externalSubjectKey,
  givenUpKey,
  identityEmailKey,
  identityField,
  signInKey,
  subjectHash,
} from './keyspace.ts';

const reserveEmail = loadScript(new URL('./lua/reserve-email.lua', import.meta.url));
const changePassword = loadScript(new URL('./lua/change-password.lua', import.meta.url));
const reserveAccount = loadScript(new URL('./lua/reserve-account.lua', import.meta.url));
const verifyEmail = loadScript(new URL('./lua/verify-email.lua', import.meta.url));
const removePassword = loadScript(new URL('./lua/remove-password.lua', import.meta.url));
const takeOver = loadScript(new URL('./lua/take-over.lua', import.meta.url));
const beginEpoch = loadScript(new URL('./lua/begin-epoch.lua', import.meta.url));
const reservationSeconds = 60;

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
      ...(subject === undefined ? [] : [this.#linkKey(subject)]),
    );
  }

  /** Creates an account with one identity of a generated name; null when the e-mail has an account already. */
  async create(input: NewAccount, nowMs: number): Promise<Account | null> {
    if ((await this.#redis.exists(this.#signInKey(input.email))) === 1) return null;
    const { id, epoch } = await this.#reserveId();
    if (!(await this.#reserve(input.email, id, input.passwordHash))) return null;
    const account = await this.#write(id, epoch, input, nowMs);
    await this.#writes.redis.persist(this.#signInKey(input.email));
    return account;
  }

  /**
   * The account that an external sign-in belongs to; null before the first. Makes lasting what a process that died half-way took for
   * a minute.
   */
  async findLinked(who: ExternalSubject): Promise<Account | null> {
    const userId = await this.#redis.get(this.#linkKey(who));
    const account = userId === null ? null : ((await this.read(Number(userId)))?.account ?? null);
    if (account !== null && (await this.#isOf(account, who))) await this.#keep(account, who);
    return account;
  }

  /** Whether this subject created the account, or took it over. */
  async #isOf({ id }: Account, { issuer, subject }: ExternalSubject): Promise<boolean> {
    const owner = await this.#redis.hget(accountKey(id, this.#prefix), 'subject_hash');
    return owner === subjectHash(issuer, subject);
  }

  /** The link first: without it the person could not get in again. */
  async #keep({ email }: Pick<Account, 'email'>, who: ExternalSubject): Promise<void> {
    await this.#writes.redis.persist(this.#linkKey(who));
    await this.#writes.redis.persist(this.#signInKey(email));
  }

  /**
   * Creates the account of an external subject, with one identity and no password. Never joins an account that has the e-mail
   * already: whoever can make a provider vouch for an address would own it.
   */
  async createLinked(who: ExternalSubject, input: NewPerson, nowMs: number): Promise<LinkedCreation> {
    const link = this.#linkKey(who);
    const { id, epoch } = await this.#reserveId();
    // Like the address, taken for a minute: a process that dies half-way leaves nothing behind.
    const linked = await this.#writes.redis.set(link, id, 'EX', reservationSeconds, 'NX');
    if (linked === null) {
      const account = await this.findLinked(who);
      return account ? { kind: 'created', account } : { kind: 'busy' };
    }
    if (!(await this.#reserve(input.email, id, ''))) {
      await this.#writes.redis.del(link);
      return { kind: 'emailTaken' };
    }
    const account = await this.#write(id, epoch, input, nowMs, who);
    await this.#keep(account, who);
    return { kind: 'created', account };
  }

  /**
   * Gives the account with this address to an external subject whose address it is, where nobody had proven it: somebody else may
   * have created it. Its password, sessions, programs, links and keys of before end. Null where its address is proven, or it is
   * blocked. May be repeated: until it is done, the account is as good as before but for its password; and whoever took it, but died
   * before the link lasted, gets it again.
   */
  async takeOver(
    who: ExternalSubject,
    person: Omit<NewPerson, 'identityEmailDomain'>,
  ): Promise<Account | null> {
    const userId = await this.userIdOf(person.email);
    const account = userId === null ? null : (await this.read(userId))?.account;
    if (!account || foldEmail(account.email) !== foldEmail(person.email)) return null;
    if (account.blocked) return null;
    const { redis } = this.#writes;
    const [link, record] = [this.#linkKey(who), this.#signInKey(account.email)];
    if (account.emailVerified) {
      if (!(await this.#isOf(account, who))) return null;
      await redis.set(link, account.id);
      return account;
    }
    // Like the address of a new account, taken for a minute: a process that dies half-way leaves nothing behind.
    if ((await redis.set(link, account.id, 'EX', reservationSeconds, 'NX')) === null) return null;
    const [removed, formerHash = ''] = replyWords(await runScript(redis, removePassword, record, account.id));
    const { email } = account;
    const key = accountKey(account.id, this.#prefix);
    const facts = [person.firstName, person.lastName, subjectHash(who.issuer, who.subject)];
    const [word] =
      removed === 'removed'
        ? replyWords(await runScript(redis, takeOver, key, email, foldEmail(email), ...facts))
        : ['refused'];
    if (word !== 'taken' && word !== 'refused') throw new UnexpectedReply(word);
    if (word === 'refused') {
      // Its person proved the address meanwhile.
      if (removed === 'removed') await redis.hset(record, 'password_hash', formerHash);
      await redis.del(link);
      return null;
    }
    await redis.persist(link);
    return (await this.read(account.id))?.account ?? null;
  }

  /**
   * Takes an id that no account has: random, so that none comes back after data was lost. As an integer that JSON and every language
   * read, from 1 to 2^53 - 1.
   */
  async #reserveId(): Promise<{ readonly id: number; readonly epoch: string }> {
    for (;;) {
      const id = Number(randomBytes(8).readBigUInt64BE() >> 11n);
      if (id === 0) continue;
      const reply = await runScript(
        this.#writes.redis,
        reserveAccount,
        accountKey(id, this.#prefix),
        reservationSeconds,
      );
      const [word, epoch = ''] = replyWords(reply);
      if (word === 'reserved') return { id, epoch };
      if (word !== 'taken') throw new UnexpectedReply(word);
    }
  }

  /** Takes an address for a minute; false when it is taken. */
  async #reserve(email: string, id: number, passwordHash: string): Promise<boolean> {
    const key = this.#signInKey(email);
    const reply = await runScript(
      this.#writes.redis,
      reserveEmail,
      key,
      id,
      passwordHash,
      reservationSeconds,
    );
    const [word] = replyWords(reply);
    if (word !== 'reserved' && word !== 'taken') throw new UnexpectedReply(word);
    return word === 'reserved';
  }

  async #write(
    id: number,
    epoch: string,
    input: NewPerson,
    nowMs: number,
    who?: ExternalSubject,
  ): Promise<Account> {
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
        ...(who ? { subject_hash: subjectHash(who.issuer, who.subject) } : {}),
        [identityField + identity.uuid]: JSON.stringify(identity),
      });
    } catch (error) {
      // Refused, so that nobody has the address. After any other failure somebody may.
      if (isRedisFull(error)) await this.#writes.redis.del(identityEmailKey(identity.email, this.#prefix));
      throw error;
    }
    await this.#writes.redis.persist(key);
    return { id, email, firstName, lastName, epoch, sessionsEpoch: epoch, emailVerified, blocked: false };
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
    const [word] = replyWords(await runScript(this.#writes.redis, changePassword, key, checkedHash, newHash));
    if (word !== 'changed' && word !== 'changed_meanwhile') throw new UnexpectedReply(word);
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
    const [word] = replyWords(await runScript(this.#writes.redis, verifyEmail, key, email, foldEmail(email)));
    if (word !== 'verified' && word !== 'not_its') throw new UnexpectedReply(word);
    return word === 'verified';
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
   * Ends at once what an account granted, its sessions, or both: one write, however much that is. Resolves to the epochs that began
   * and ended; null when there is no such account.
   */
  async end(
    userId: number,
    what: EndOf,
    blocking: 'block' | 'unblock' | null = null,
  ): Promise<{ readonly epoch: string; readonly former: string } | null> {
    const flag = blocking === null ? '' : blocking === 'block' ? '1' : '0';
    const key = accountKey(userId, this.#prefix);
    const reply = await runScript(this.#writes.redis, beginEpoch, key, flag, ...epochFields[what]);
    const [word, epoch = '', former = ''] = replyWords(reply);
    if (word !== 'began' && word !== 'unknown') throw new UnexpectedReply(word);
    return word === 'began' ? { epoch, former } : null;
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
      const taken = await this.#writes.redis.set(identityEmailKey(email, this.#prefix), userId, 'NX');
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
