import {
  loadScript,
  type RecordWrites,
  type RedisClient,
  replyOf,
  replyWords,
  runScript,
  unconfirmedWrites,
  UnexpectedReply,
} from '@ravi/redis';
import type { Account } from './account.ts';
import type { AccountStore } from './account-store.ts';
import { signInKey } from './keyspace.ts';
import { hashOfToken, linkMs, markOf, newToken, ownerOfLink } from './link-token.ts';
import { SpentLinks } from './spent-links.ts';

export { linkMs } from './link-token.ts';

const makeLink = loadScript(new URL('./lua/make-reset-link.lua', import.meta.url));
const useLink = loadScript(new URL('./lua/use-reset-link.lua', import.meta.url));

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
  readonly #spent: SpentLinks;
  readonly #prefix: string;

  constructor(
    redis: RedisClient,
    accounts: Pick<AccountStore, 'read'>,
    prefix = '',
    writes: RecordWrites = unconfirmedWrites(redis),
  ) {
    this.#writes = writes;
    this.#accounts = accounts;
    this.#spent = new SpentLinks(writes.redis, prefix);
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

  /** Notes with which password a good link is being spent. */
  async noteSpent(token: string, newPassword: string, by: LinkMaker): Promise<void> {
    await this.#spent.note(token, `${markOf(token, newPassword)} ${by}`);
  }

  /**
   * The link that was noted a moment ago with this very password; null for any other. A try with another password ends the note, so
   * that a spent link guesses no passwords.
   */
  async findTwin(token: string, newPassword: string): Promise<SpentLink | null> {
    const userId = ownerOfLink(token);
    if (userId === null) return null;
    const note = await this.#spent.find(token);
    if (note === null) return null;
    const [mark, by] = note.split(' ');
    if (mark !== markOf(token, newPassword)) {
      await this.#spent.forget(token);
      return null;
    }
    const account = (await this.#accounts.read(userId))?.account ?? null;
    if (account === null) return null;
    const passwordHash = (await this.#writes.redis.hget(this.#key(account.email), 'password_hash')) || null;
    return { account, by: by === 'mail' ? 'mail' : 'operator', passwordHash };
  }

  /** Ends the link of an account, where it has one. */
  async drop({ email }: Account): Promise<void> {
    await this.#writes.redis.hdel(this.#key(email), 'link_hash', 'link_until', 'link_by');
  }

  async #use(token: string, newHash: string): Promise<ResetLink | null> {
    const userId = ownerOfLink(token);
    if (userId === null) return null;
    const owner = await this.#accounts.read(userId);
    if (owner === null || owner.account.blocked) return null;
    const { account } = owner;
    const key = this.#key(account.email);
    const hash = hashOfToken(token);
    const reply = await runScript(this.#writes.redis, useLink, key, userId, hash, newHash);
    const [word, by] = replyOf(reply, 'good', 'reset', 'bad');
    return word === 'bad' ? null : { account, by: by === 'mail' ? 'mail' : 'operator' };
  }

  #key(email: string): string {
    return signInKey(email, this.#prefix);
  }
}
