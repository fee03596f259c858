import {
  loadScript,
  type RecordWrites,
  type RedisClient,
  replyWords,
  runScript,
  unconfirmedWrites,
  UnexpectedReply,
} from '@ravi/redis';
import type { Account } from './account.ts';
import type { AccountStore } from './account-store.ts';
import { signInKey, spentLinkKey } from './keyspace.ts';
import { hashOfToken, linkMs, newToken, ownerOf, passwordMark } from './link-token.ts';

export { linkMs } from './link-token.ts';

const makeLink = loadScript(new URL('./lua/make-reset-link.lua', import.meta.url));
const useLink = loadScript(new URL('./lua/use-reset-link.lua', import.meta.url));

/** How long it is noted with which password a link was spent. */
const spentNotedSeconds = 60;

/** How a link reaches its human: `mail` proves that they read mail at the address. */
export type LinkMaker = 'mail' | 'operator';

/** A good link: whose password it sets, and how it reached them. */
export interface ResetLink {
  readonly account: Account;
  readonly by: LinkMaker;
}

/** A link that was spent a moment ago, and the hash of the password that is set now. */
export interface SpentLink extends ResetLink {
  readonly passwordHash: string | null;
}

/** A new link, or why there is none: the account is gone, or signs in through a provider. */
export type MadeResetLink =
  | { readonly kind: 'made'; readonly token: string; readonly expiresAtMs: number }
  | { readonly kind: 'noPassword' }
  | { readonly kind: 'unknown' };

/**
 * One-time links that set a new password, each for an hour. Redis holds the SHA-256 of an account's newest, in the record of its
 * sign-in: so a newer link ends the older, and spending it and setting the password are one step.
 */
export class ResetLinks {
  readonly #writes: RecordWrites;
  readonly #accounts: Pick<AccountStore, 'read'>;
  readonly #prefix: string;

  constructor(
    redis: RedisClient,
    accounts: Pick<AccountStore, 'read'>,
    prefix = '',
    writes: RecordWrites = unconfirmedWrites(redis),
  ) {
    this.#writes = writes;
    this.#accounts = accounts;
    this.#prefix = prefix;
  }

  /** A new link's token, for its human alone; the one before is good no longer. `by` says how the human gets it. */
  async make({ id, email }: Account, by: LinkMaker): Promise<MadeResetLink> {
    const token = newToken(id);
    const [word, until = ''] = replyWords(
      await runScript(this.#writes.redis, makeLink, this.#key(email), id, hashOfToken(token), linkMs, by),
    );
    switch (word) {
      case 'made':
        return { kind: 'made', token, expiresAtMs: Number(until) };
      case 'no_password':
        return { kind: 'noPassword' };
      case 'unknown':
        return { kind: 'unknown' };
      default:
        throw new UnexpectedReply(word);
    }
  }

  /** The account whose password a link may set; null where it is none, is spent or over, or the account is blocked. */
  async find(token: string): Promise<ResetLink | null> {
    return this.#use(token, '');
  }

  /** Sets the password of the link's account, once. Null as in `find`; then nothing has changed. */
  async spend(token: string, newPasswordHash: string): Promise<ResetLink | null> {
    return this.#use(token, newPasswordHash);
  }

  /**
   * Notes for a minute with which password a good link is being spent, so that the same request gets the same answer when it comes
   * again. Noted before the link is spent, so that it is there if this process dies; the account's record tells whether the password
   * was set.
   */
  async noteSpent(token: string, newPassword: string, by: LinkMaker): Promise<void> {
    const mark = `${passwordMark(token, newPassword)} ${by}`;
    await this.#writes.redis.set(this.#spentKey(token), mark, 'EX', spentNotedSeconds);
  }

  /**
   * The link that was noted a moment ago with this very password; null for any other. A try with another password ends the note, so
   * that a spent link guesses no passwords.
   */
  async findTwin(token: string, newPassword: string): Promise<SpentLink | null> {
    const userId = ownerOf(token);
    if (userId === null) return null;
    const note = await this.#writes.redis.get(this.#spentKey(token));
    if (note === null) return null;
    const [mark, by] = note.split(' ');
    if (mark !== passwordMark(token, newPassword)) {
      await this.#writes.redis.del(this.#spentKey(token));
      return null;
    }
    const account = (await this.#accounts.read(userId))?.account ?? null;
    if (account === null) return null;
    const passwordHash = (await this.#writes.redis.hget(this.#key(account.email), 'password_hash')) || null;
    return { account, by: by === 'mail' ? 'mail' : 'operator', passwordHash };
  }

  /** Whether nobody has told yet what a link that was spent did: of the requests that finish it, one tells. */
  async claimNotice(token: string): Promise<boolean> {
    const key = `${this.#spentKey(token)}:told`;
    return (await this.#writes.redis.set(key, 1, 'EX', spentNotedSeconds, 'NX')) !== null;
  }

  /** Ends the link of an account, where it has one. */
  async drop({ email }: Account): Promise<void> {
    await this.#writes.redis.hdel(this.#key(email), 'link_hash', 'link_until', 'link_by');
  }

  async #use(token: string, newHash: string): Promise<ResetLink | null> {
    const userId = ownerOf(token);
    if (userId === null) return null;
    const owner = await this.#accounts.read(userId);
    if (owner === null || owner.account.blocked) return null;
    const { account } = owner;
    const [word, by] = replyWords(
      await runScript(
        this.#writes.redis,
        useLink,
        this.#key(account.email),
        userId,
        hashOfToken(token),
        newHash,
      ),
    );
    if (word !== 'good' && word !== 'reset' && word !== 'bad') throw new UnexpectedReply(word);
    return word === 'bad' ? null : { account, by: by === 'mail' ? 'mail' : 'operator' };
  }

  #spentKey(token: string): string {
    return spentLinkKey(hashOfToken(token), this.#prefix);
  }

  #key(email: string): string {
    return signInKey(email, this.#prefix);
  }
}
