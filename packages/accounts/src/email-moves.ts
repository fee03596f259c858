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
const leaveSignIn = loadScript(new URL('./lua/leave-sign-in.lua', import.meta.url));
const freeClaim = loadScript(new URL('./lua/free-claim.lua', import.meta.url));
const claimEmail = loadScript(new URL('./lua/claim-email.lua', import.meta.url));
const moveToEmail = loadScript(new URL('./lua/move-to-email.lua', import.meta.url));

/**
 * What became of a move; `again`: the same form moved the account a moment ago; `bad`: the link is spent, over or none; `taken`: another
 * account has the address by now.
 */
export type EmailMove =
  | {
      readonly kind: 'moved' | 'again';
      readonly userId: number;
      readonly former: string;
      readonly formerVerified: boolean;
      readonly email: string;
    }
  | { readonly kind: 'bad' }
  | { readonly kind: 'taken' };

/** What is noted of the former address, for whoever finishes a move, behind the address. */
const proven = ' proven';

/**
 * Moves an account to another address, once its person proved that they read mail there. The new address is taken first and the
 * former given up last: whatever interrupts it, the account can be signed in to, and the link can be opened again or is over. An address
 * that an interrupted move leaves with the account, the former or the new one, is free once somebody wants it.
 */
export class EmailMoves {
  readonly #writes: RecordWrites;
  readonly #accounts: Pick<AccountStore, 'read'>;
  readonly #links: Pick<AccountLinks, 'find' | 'findSpent' | 'isOver' | 'noteSpent'>;
  readonly #prefix: string;

  constructor(
    redis: RedisClient,
    accounts: Pick<AccountStore, 'read'>,
    links: Pick<AccountLinks, 'find' | 'findSpent' | 'isOver' | 'noteSpent'>,
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
    const { redis } = this.#writes;
    const { userId, address: email } = link;
    const { email: former, emailVerified: formerVerified } = owner.account;
    await this.#links.noteSpent(token, link, former + (formerVerified ? proven : ''));
    await this.#giveUpLast(userId);
    await this.free(email);
    const [before, after] = [former, email].map((address) => signInKey(address, this.#prefix)) as [
      string,
      string,
    ];
    const linkHash = hashOfToken(token);
    const [hashBefore, cameBy] = await redis.hmget(before, 'password_hash', 'claimed_by');
    // A twin of this move has freed the former address, or somebody who proved it is just taking the account over.
    if (!hashBefore) return this.#movedBefore(token);
    const claim = await runScript(redis, claimEmail, after, userId, hashBefore, linkHash);
    const [claimed] = replyOf(claim, 'claimed', 'taken');
    if (claimed === 'taken') return { kind: 'taken' };
    const reply = await runScript(
      redis,
      moveToEmail,
      accountKey(userId, this.#prefix),
      `${linkField}address`,
      linkHash,
      former,
      foldEmail(email),
      after === before ? '' : former,
    );
    const [word] = replyOf(reply, 'moved', 'bad');
    if (word === 'bad') {
      await this.#freeClaim(userId, email, linkHash);
      return this.#movedBefore(token);
    }
    if (after !== before) await this.#leave(userId, former, cameBy);
    return { kind: 'moved', userId, former, formerVerified, email };
  }

  /** `again` where the account has the address to which this link moved it a moment ago. */
  async #movedBefore(token: string): Promise<EmailMove> {
    const userId = ownerOfLink(token);
    const owner = userId === null ? null : await this.#accounts.read(userId);
    const noted = owner && (await this.#links.findSpent(token, owner.account.email));
    if (owner === null || noted === null) return { kind: 'bad' };
    const { id, email } = owner.account;
    // The request that moved it may have died before the password went along.
    await this.#giveUpLast(id);
    const formerVerified = noted.endsWith(proven);
    const former = formerVerified ? noted.slice(0, -proven.length) : noted;
    return { kind: 'again', userId: id, former, formerVerified, email };
  }

  /** Resolves once enough replicas know how the account signs in at these addresses (`RECORDS_REPLICAS`). Rejects with `NotReplicated`. */
  async replicated(userId: number, ...emails: readonly string[]): Promise<void> {
    const records = emails.map((email) => signInKey(email, this.#prefix));
    await this.#writes.replicated(accountKey(userId, this.#prefix), ...records);
  }

  /**
   * Frees an address that an interrupted move left: its account has moved to another one, or was to move here and its link is over. False
   * for any other. May be repeated.
   */
  async free(email: string): Promise<boolean> {
    const record = signInKey(email, this.#prefix);
    const [userId, claimedBy] = await this.#writes.redis.hmget(record, 'user_id', 'claimed_by');
    if (!userId) return false;
    const former = await this.#movedFrom(Number(userId));
    if (former !== null && foldEmail(former) === foldEmail(email))
      return this.#leave(Number(userId), former, claimedBy);
    if (!claimedBy || !(await this.#links.isOver('address', Number(userId), claimedBy))) return false;
    // Looked at after that: whoever moved there before the link was over has the address now.
    return this.#freeClaim(Number(userId), email, claimedBy);
  }

  async #giveUpLast(userId: number): Promise<void> {
    const former = await this.#movedFrom(userId);
    if (former === null) return;
    const cameBy = await this.#writes.redis.hget(signInKey(former, this.#prefix), 'claimed_by');
    // Looked at again after that: the account may be there again meanwhile.
    if ((await this.#movedFrom(userId)) === former) await this.#leave(userId, former, cameBy);
  }

  async #movedFrom(userId: number): Promise<string | null> {
    return this.#writes.redis.hget(accountKey(userId, this.#prefix), 'moved_from');
  }

  /**
   * Gives a former address up, as the link left it by which the account had come there: not where the account came back by another one
   * since. Its password goes along: from when it is read on, nobody changes it there, and one that was set at the new address is newer.
   */
  async #leave(userId: number, former: string, cameBy: string | null | undefined): Promise<boolean> {
    const { redis } = this.#writes;
    const record = signInKey(former, this.#prefix);
    const reply = await runScript(redis, leaveSignIn, record, userId, cameBy ?? '');
    const [word, passwordHash = ''] = replyOf(reply, 'left', 'not_its');
    // One that is removed for a takeover, which is refused now, stays at the new address.
    if (word === 'left' && passwordHash !== '') await this.#carryPassword(userId, passwordHash);
    const hasFreed = await this.#free(userId, former, cameBy ?? '');
    await redis.hdel(accountKey(userId, this.#prefix), 'moved_from');
    return hasFreed;
  }

  async #carryPassword(userId: number, passwordHash: string): Promise<void> {
    const { redis } = this.#writes;
    const email = await redis.hget(accountKey(userId, this.#prefix), 'email');
    // The account may be deleted meanwhile.
    if (email === null) return;
    await runScript(redis, carryPassword, signInKey(email, this.#prefix), userId, passwordHash);
  }

  /**
   * Frees an address that the account took by a link that is over; not where a twin of this move gave it to the account, nor where it was
   * taken by another link since.
   */
  async #freeClaim(userId: number, email: string, linkHash: string): Promise<boolean> {
    const owner = await this.#accounts.read(userId);
    if (owner !== null && foldEmail(owner.account.email) === foldEmail(email)) return false;
    return this.#free(userId, email, linkHash);
  }

  async #free(userId: number, email: string, cameBy: string): Promise<boolean> {
    const record = signInKey(email, this.#prefix);
    const reply = await runScript(this.#writes.redis, freeClaim, record, userId, cameBy);
    return replyOf(reply, 'freed', 'not_its')[0] === 'freed';
  }
}
