import {
  loadScript,
  type RecordWrites,
  type RedisClient,
  replyOf,
  runScript,
  unconfirmedWrites,
} from '@ravi/redis';
import { foldEmail } from './account.ts';
import type { AccountLinks } from './account-links.ts';
import type { AccountStore } from './account-store.ts';
import { accountKey, linkField, signInKey } from './keyspace.ts';
import { hashOfToken, ownerOfLink } from './link-token.ts';
import { setField } from './set-field.ts';

const carryPassword = loadScript(new URL('./lua/carry-password.lua', import.meta.url));
const claimEmail = loadScript(new URL('./lua/claim-email.lua', import.meta.url));
const moveToEmail = loadScript(new URL('./lua/move-to-email.lua', import.meta.url));
const removeSignIn = loadScript(new URL('./lua/remove-sign-in.lua', import.meta.url));

/**
 * What became of a move; `again`: the same form moved the account a moment ago; `bad`: the link is spent, over or none; `taken`: another
 * account has the address by now.
 */
export type EmailMove =
  | {
      readonly kind: 'moved';
      readonly userId: number;
      readonly former: string;
      readonly formerVerified: boolean;
      readonly email: string;
    }
  | { readonly kind: 'again'; readonly userId: number; readonly email: string }
  | { readonly kind: 'bad' }
  | { readonly kind: 'taken' };

/**
 * Moves an account to another address, once its person proved that they read mail there. The new address is taken first and the
 * former given up last: whatever interrupts it, the account can be signed in to, and the link can be opened again or is over. A former
 * address that was not given up then is noted, and given up once somebody wants it.
 */
export class EmailMoves {
  readonly #writes: RecordWrites;
  readonly #accounts: Pick<AccountStore, 'read'>;
  readonly #links: Pick<AccountLinks, 'find' | 'noteSpent' | 'wasSpent'>;
  readonly #prefix: string;

  constructor(
    redis: RedisClient,
    accounts: Pick<AccountStore, 'read'>,
    links: Pick<AccountLinks, 'find' | 'noteSpent' | 'wasSpent'>,
    prefix = '',
    writes: RecordWrites = unconfirmedWrites(redis),
  ) {
    this.#writes = writes;
    this.#accounts = accounts;
    this.#links = links;
    this.#prefix = prefix;
  }

  /** Notes the address to which a link is to be sent; a later one takes its place. False when there is no such account. */
  async want(userId: number, email: string): Promise<boolean> {
    return setField(this.#writes.redis, accountKey(userId, this.#prefix), 'pending_email', email);
  }

  /** The address that was noted last; null for none. */
  async wanted(userId: number): Promise<string | null> {
    return this.#writes.redis.hget(accountKey(userId, this.#prefix), 'pending_email');
  }

  /** Forgets the address that was noted last, and the link that was sent there. */
  async drop(userId: number): Promise<void> {
    const key = accountKey(userId, this.#prefix);
    await this.#writes.redis.hdel(key, 'pending_email', `${linkField}address`);
  }

  /** Spends the link, once, and moves the account. It counts once replicas have it: see `replicated`. */
  async move(token: string): Promise<EmailMove> {
    const link = await this.#links.find('address', token);
    if (link === null) return this.#movedBefore(token);
    const owner = await this.#accounts.read(link.userId);
    if (owner === null || owner.account.blocked) return { kind: 'bad' };
    await this.#links.noteSpent(token, link);
    const { redis } = this.#writes;
    const { userId, address: email } = link;
    const former = owner.account.email;
    await this.#giveUpLast(userId);
    await this.giveUpFormer(email);
    const [before, after] = [former, email].map((address) => signInKey(address, this.#prefix)) as [
      string,
      string,
    ];
    const hashBefore = (await redis.hget(before, 'password_hash')) ?? '';
    const claim = await runScript(redis, claimEmail, after, userId, hashBefore);
    const [claimed] = replyOf(claim, 'claimed', 'taken');
    if (claimed === 'taken') return { kind: 'taken' };
    const reply = await runScript(
      redis,
      moveToEmail,
      accountKey(userId, this.#prefix),
      `${linkField}address`,
      hashOfToken(token),
      former,
      foldEmail(email),
      after === before ? '' : former,
    );
    const [word] = replyOf(reply, 'moved', 'bad');
    if (word === 'bad') {
      await this.#giveUp(userId, email, after);
      return this.#movedBefore(token);
    }
    if (after !== before) {
      // Read again: the password may have been changed meanwhile.
      const hashNow = await redis.hget(before, 'password_hash');
      if (hashNow !== null) await runScript(redis, carryPassword, after, userId, hashNow);
      await this.#leave(userId, former);
    }
    return { kind: 'moved', userId, former, formerVerified: owner.account.emailVerified, email };
  }

  /** `again` where the account has the address to which this link moved it a moment ago. */
  async #movedBefore(token: string): Promise<EmailMove> {
    const userId = ownerOfLink(token);
    const owner = userId === null ? null : await this.#accounts.read(userId);
    if (owner === null || !(await this.#links.wasSpent(token, owner.account.email))) return { kind: 'bad' };
    return { kind: 'again', userId: owner.account.id, email: owner.account.email };
  }

  /** Resolves once enough replicas know how the account signs in at these addresses (`RECORDS_REPLICAS`). Rejects with `NotReplicated`. */
  async replicated(userId: number, ...emails: readonly string[]): Promise<void> {
    const records = emails.map((email) => signInKey(email, this.#prefix));
    await this.#writes.replicated(accountKey(userId, this.#prefix), ...records);
  }

  /** Gives up an address where its account has moved to another one, and whoever moved it died before they did so. May be repeated. */
  async giveUpFormer(email: string): Promise<boolean> {
    const userId = await this.#writes.redis.hget(signInKey(email, this.#prefix), 'user_id');
    if (userId === null) return false;
    const former = await this.#movedFrom(Number(userId));
    if (former === null || foldEmail(former) !== foldEmail(email)) return false;
    await this.#leave(Number(userId), former);
    return true;
  }

  async #giveUpLast(userId: number): Promise<void> {
    const former = await this.#movedFrom(userId);
    if (former !== null) await this.#leave(userId, former);
  }

  async #movedFrom(userId: number): Promise<string | null> {
    return this.#writes.redis.hget(accountKey(userId, this.#prefix), 'moved_from');
  }

  /** Without its password, which went along when the account moved: it may be another one by now. */
  async #leave(userId: number, former: string): Promise<void> {
    const { redis } = this.#writes;
    await runScript(redis, removeSignIn, signInKey(former, this.#prefix), userId);
    await redis.hdel(accountKey(userId, this.#prefix), 'moved_from');
  }

  /** The address is not needed, unless a twin of this move gave it to the account; nor is it where the account is gone. */
  async #giveUp(userId: number, email: string, record: string): Promise<void> {
    const owner = await this.#accounts.read(userId);
    if (owner === null || foldEmail(owner.account.email) !== foldEmail(email))
      await runScript(this.#writes.redis, removeSignIn, record, userId);
  }
}
