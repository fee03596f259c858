import {
  loadScript,
  type RecordWrites,
  type RedisClient,
  replyOf,
  replyWords,
  runScript,
  unconfirmedWrites,
} from '@ravi/redis';
import { type Account, type ExternalSubject, foldEmail } from './account.ts';
import { type AccountStore, type NewPerson, reservationSeconds } from './account-store.ts';
import { changeField, type FieldDecision } from './change-field.ts';
import { accountKey, linkedSubjectKey, signInKey, subjectHash } from './keyspace.ts';
import {
  linkOf,
  linksFromText,
  linksToText,
  maxProviderLinks,
  type NewLink,
  type ProviderLink,
} from './provider-links.ts';

const removePassword = loadScript(new URL('./lua/remove-password.lua', import.meta.url));
const giveBackPassword = loadScript(new URL('./lua/give-back-password.lua', import.meta.url));
const takeOver = loadScript(new URL('./lua/take-over.lua', import.meta.url));
const releaseSubject = loadScript(new URL('./lua/release-subject.lua', import.meta.url));

/** What became of the first sign-in through a provider; `busy` when another one of the same person is being written. */
export type LinkedCreation =
  | { readonly kind: 'created'; readonly account: Account }
  | { readonly kind: 'emailTaken' }
  | { readonly kind: 'busy' };

/**
 * What became of a further link: `already` where the account has it; `linkedElsewhere` where another account has it; `full` where
 * there is no room; `busy` where another one of the same subject is being written; `unknown` where the account or its sessions have ended.
 */
export type Linking = 'linked' | 'already' | 'linkedElsewhere' | 'full' | 'busy' | 'unknown';

/**
 * What became of an unlinking: `gone` where there was no such link, `last` where nobody could sign in without it, `unknown` where the account
 * or its sessions have ended. With a link all sessions end, and another epoch of them begins.
 */
export type Unlinking =
  | { readonly kind: 'unlinked'; readonly link: ProviderLink; readonly sessionsEpoch: string }
  | { readonly kind: 'gone' | 'last' | 'unknown' };

/**
 * Accounts of people who sign in through OpenID providers. A subject belongs to an account if the subject's key names the account
 * *and* the account lists the subject. The key has one value, so that no race gives a subject to two accounts. If a process dies
 * after it wrote one half, that half counts for nothing and is in nobody's way.
 */
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
    const userId = await this.#redis.get(this.#subjectKey(who));
    if (userId === null) return null;
    // Before its links: an unlinking ends the sessions of the account as it was read here, or is seen there.
    const account = (await this.#accounts.read(Number(userId)))?.account ?? null;
    if (account === null || !(await this.#lists(Number(userId), who))) return null;
    await this.#keep(account, who);
    return account;
  }

  /** Who signs in to this account through providers, the oldest link first. */
  async links(userId: number): Promise<readonly ProviderLink[]> {
    const links = linksFromText(await this.#redis.hget(this.#accountKey(userId), 'providers'));
    const owners = await Promise.all(
      links.map(({ id }) => this.#redis.get(linkedSubjectKey(id, this.#prefix))),
    );
    return links.filter((_, at) => owners[at] === String(userId));
  }

  /**
   * Lets an external subject sign in to an account as well. The account's person is signed in and was proven at the provider just now.
   * Given the epoch of the sessions that allow it, it changes nothing in another epoch; so does `unlink`. May be repeated.
   */
  async link(who: NewLink, userId: number, sessionsEpoch = ''): Promise<Linking> {
    const { redis } = this.#writes;
    const key = this.#subjectKey(who);
    // Taken for a minute: a process that dies half-way leaves nothing behind.
    if ((await redis.set(key, userId, 'EX', reservationSeconds, 'NX')) === null) {
      const owner = await redis.get(key);
      if (owner === null) return 'busy';
      if (owner !== String(userId)) {
        if (await this.#lists(Number(owner), who)) return 'linkedElsewhere';
        return (await this.#releaseStale(who, owner)) ? this.link(who, userId, sessionsEpoch) : 'busy';
      }
    }
    const change = await this.#change(userId, { sessionsEpoch, endsSessions: false }, (links) => {
      if (links.some(({ id }) => id === linkOf(who).id)) return 'already';
      return links.length < maxProviderLinks ? [...links, linkOf(who)] : 'full';
    });
    if (change === 'full' || change === 'unknown') return change;
    await redis.persist(key);
    return change === 'already' ? 'already' : 'linked';
  }

  /** Removes a link, where `mayGo` says that its person gets in without it, by those that are left. May be repeated. */
  async unlink(
    userId: number,
    id: string,
    mayGo: (left: readonly ProviderLink[]) => boolean,
    sessionsEpoch = '',
  ): Promise<Unlinking> {
    const standing = new Set((await this.links(userId)).map((link) => link.id));
    let removed: ProviderLink | undefined;
    const change = await this.#change(userId, { sessionsEpoch, endsSessions: true }, (links) => {
      removed = links.find((link) => link.id === id);
      const left = links.filter((link) => link.id !== id);
      if (removed === undefined) return 'gone';
      return mayGo(left.filter((link) => standing.has(link.id))) ? left : 'last';
    });
    if (change === 'last' || change === 'unknown') return { kind: change };
    await runScript(this.#writes.redis, releaseSubject, linkedSubjectKey(id, this.#prefix), userId);
    if (typeof change === 'string' || !removed) return { kind: 'gone' };
    return { kind: 'unlinked', link: removed, sessionsEpoch: change.sessionsEpoch };
  }

  /** Whether the account lists this subject among those who sign in to it. */
  async #lists(userId: number, { issuer, subject }: ExternalSubject): Promise<boolean> {
    const text = await this.#writes.redis.hget(this.#accountKey(userId), 'providers');
    return linksFromText(text).some(({ id }) => id === subjectHash(issuer, subject));
  }

  /** The link first: without it the person could not get in again. */
  async #keep(account: Pick<Account, 'id' | 'email'>, who: ExternalSubject): Promise<void> {
    await this.#writes.redis.persist(this.#subjectKey(who));
    await this.#accounts.keep(account);
  }

  /** Gives up a subject that was unlinked by a process that died before it did so. One that is being taken is left alone. */
  async #releaseStale(who: ExternalSubject, owner: string): Promise<boolean> {
    const { redis } = this.#writes;
    const key = this.#subjectKey(who);
    // In this order: a subject is listed before its key lasts.
    if ((await redis.pttl(key)) !== -1 || (await this.#lists(Number(owner), who))) return false;
    return replyWords(await runScript(redis, releaseSubject, key, owner))[0] === 'released';
  }

  /** Changes the links of an account by what `decide` makes of them; it decides again where they were changed meanwhile. */
  async #change<Refusal extends string>(
    userId: number,
    { sessionsEpoch, endsSessions }: { readonly sessionsEpoch: string; readonly endsSessions: boolean },
    decide: (links: readonly ProviderLink[]) => readonly ProviderLink[] | Refusal,
  ): Promise<{ readonly sessionsEpoch: string } | 'unknown' | Refusal> {
    const { redis } = this.#writes;
    const place = { redis, key: this.#accountKey(userId), field: 'providers', sessionsEpoch } as const;
    const change = await changeField(place, (text): FieldDecision<Refusal | null> => {
      const next = decide(linksFromText(text));
      return typeof next === 'string'
        ? { kind: 'leave', outcome: next }
        : { kind: 'write', fields: { providers: linksToText(next) }, endsSessions, outcome: null };
    });
    if (change === null) return 'unknown';
    return change.outcome ?? { sessionsEpoch: change.sessionsEpoch };
  }

  /**
   * Creates the account of an external subject, with one identity and no password. Never joins an account that has the e-mail
   * already: otherwise anybody who can make a provider vouch for an address would own it.
   */
  async create(who: NewLink, input: NewPerson, nowMs: number): Promise<LinkedCreation> {
    const key = this.#subjectKey(who);
    const reserved = await this.#accounts.reserveId();
    const { id } = reserved;
    // Like the address, taken for a minute: a process that dies half-way leaves nothing behind.
    const linked = await this.#writes.redis.set(key, id, 'EX', reservationSeconds, 'NX');
    if (linked === null) {
      const account = await this.find(who);
      if (account) return { kind: 'created', account };
      const owner = await this.#writes.redis.get(key);
      const isFree = owner !== null && (await this.#releaseStale(who, owner));
      return isFree ? this.create(who, input, nowMs) : { kind: 'busy' };
    }
    if (!(await this.#accounts.reserve(input.email, id, ''))) {
      await this.#writes.redis.del(key);
      return { kind: 'emailTaken' };
    }
    const account = await this.#accounts.write(reserved, input, nowMs, who);
    await this.#keep(account, who);
    return { kind: 'created', account };
  }

  /**
   * Gives the account with this address to an external subject that has proven the address, if nobody had proven it before: somebody
   * else may have created it. Its former password, sessions, programs, links and keys end. Null if its address is proven or it is
   * blocked. May be repeated: until it is done, the account has lost nothing but its password; and if a process dies before the link
   * lasts, the same subject gets the account again.
   */
  async takeOver(who: NewLink, person: Omit<NewPerson, 'identityEmailDomain'>): Promise<Account | null> {
    const userId = await this.#accounts.userIdOf(person.email);
    const account = userId === null ? null : (await this.#accounts.read(userId))?.account;
    if (!account || foldEmail(account.email) !== foldEmail(person.email)) return null;
    if (account.blocked) return null;
    const { redis } = this.#writes;
    const [link, record] = [this.#subjectKey(who), signInKey(account.email, this.#prefix)];
    if (account.emailVerified) {
      if (!(await this.#lists(account.id, who))) return null;
      const taken = await redis.set(link, account.id, 'NX');
      return taken === null && (await redis.get(link)) !== String(account.id) ? null : account;
    }
    // Like the address of a new account, taken for a minute: a process that dies half-way leaves nothing behind.
    if ((await redis.set(link, account.id, 'EX', reservationSeconds, 'NX')) === null) return null;
    const [removed, formerHash = ''] = replyWords(await runScript(redis, removePassword, record, account.id));
    const { email } = account;
    const key = this.#accountKey(account.id);
    const facts = [person.firstName, person.lastName, linksToText([linkOf(who)])];
    const [word] =
      removed === 'removed'
        ? replyOf(
            await runScript(redis, takeOver, key, email, foldEmail(email), ...facts),
            'taken',
            'refused',
          )
        : ['refused'];
    if (word === 'refused') {
      // Its person proved the address meanwhile, or moved to another one: there the password is what it was.
      if (removed === 'removed') await runScript(redis, giveBackPassword, record, account.id, formerHash);
      await redis.del(link);
      return null;
    }
    await this.#keep(account, who);
    return (await this.#accounts.read(account.id))?.account ?? null;
  }

  #subjectKey({ issuer, subject }: ExternalSubject): string {
    return linkedSubjectKey(subjectHash(issuer, subject), this.#prefix);
  }

  #accountKey(userId: number): string {
    return accountKey(userId, this.#prefix);
  }
}
