import {
  loadScript,
  type RecordWrites,
  type RedisClient,
  replyWords,
  runScript,
  unconfirmedWrites,
  UnexpectedReply,
} from '@ravi/redis';
import { type Account, type ExternalSubject, foldEmail } from './account.ts';
import { type AccountStore, type NewPerson, reservationSeconds } from './account-store.ts';
import { accountKey, externalSubjectKey, signInKey, subjectHash } from './keyspace.ts';

const removePassword = loadScript(new URL('./lua/remove-password.lua', import.meta.url));
const takeOver = loadScript(new URL('./lua/take-over.lua', import.meta.url));

/** What became of the first sign-in through a provider; `busy` when another one of the same person is being written. */
export type LinkedCreation =
  | { readonly kind: 'created'; readonly account: Account }
  | { readonly kind: 'emailTaken' }
  | { readonly kind: 'busy' };

/** Accounts of people whom an OpenID provider signs in: which account a subject has, and how it gets one. */
export class LinkedAccounts {
  readonly #redis: RedisClient;
  readonly #accounts: AccountStore;
  readonly #prefix: string;
  readonly #writes: RecordWrites;

  constructor(
    redis: RedisClient,
    accounts: AccountStore,
    prefix = '',
    writes: RecordWrites = unconfirmedWrites(redis),
  ) {
    this.#redis = redis;
    this.#accounts = accounts;
    this.#prefix = prefix;
    this.#writes = writes;
  }

  /**
   * The account that an external sign-in belongs to; null before the first. Makes lasting what a process that died half-way took for
   * a minute.
   */
  async find(who: ExternalSubject): Promise<Account | null> {
    const userId = await this.#redis.get(this.#linkKey(who));
    const account = userId === null ? null : ((await this.#accounts.read(Number(userId)))?.account ?? null);
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
    await this.#writes.redis.persist(signInKey(email, this.#prefix));
  }

  /**
   * Creates the account of an external subject, with one identity and no password. Never joins an account that has the e-mail
   * already: whoever can make a provider vouch for an address would own it.
   */
  async create(who: ExternalSubject, input: NewPerson, nowMs: number): Promise<LinkedCreation> {
    const link = this.#linkKey(who);
    const reserved = await this.#accounts.reserveId();
    const { id } = reserved;
    // Like the address, taken for a minute: a process that dies half-way leaves nothing behind.
    const linked = await this.#writes.redis.set(link, id, 'EX', reservationSeconds, 'NX');
    if (linked === null) {
      const account = await this.find(who);
      return account ? { kind: 'created', account } : { kind: 'busy' };
    }
    if (!(await this.#accounts.reserve(input.email, id, ''))) {
      await this.#writes.redis.del(link);
      return { kind: 'emailTaken' };
    }
    const account = await this.#accounts.write(reserved, input, nowMs, who);
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
    const userId = await this.#accounts.userIdOf(person.email);
    const account = userId === null ? null : (await this.#accounts.read(userId))?.account;
    if (!account || foldEmail(account.email) !== foldEmail(person.email)) return null;
    if (account.blocked) return null;
    const { redis } = this.#writes;
    const [link, record] = [this.#linkKey(who), signInKey(account.email, this.#prefix)];
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
    return (await this.#accounts.read(account.id))?.account ?? null;
  }

  #linkKey({ issuer, subject }: ExternalSubject): string {
    return externalSubjectKey(issuer, subject, this.#prefix);
  }
}
