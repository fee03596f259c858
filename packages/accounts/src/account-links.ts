import {
  loadScript,
  type RecordWrites,
  type RedisClient,
  replyOf,
  runScript,
  unconfirmedWrites,
} from '@ravi/redis';
import { accountKey, linkField } from './keyspace.ts';
import { hashOfToken, linkMs, markOf, newToken, ownerOfLink } from './link-token.ts';
import { SpentLinks } from './spent-links.ts';

export { ownerOfLink } from './link-token.ts';

const makeLink = loadScript(new URL('./lua/make-account-link.lua', import.meta.url));
const useLink = loadScript(new URL('./lua/use-account-link.lua', import.meta.url));

/** What a link does: says that an address is the person's, or makes a new address the account's. */
export type LinkPurpose = 'verify' | 'address';

/** A link that is good: whose it is, and the address to which it was sent. */
export interface GoodLink {
  readonly userId: number;
  readonly address: string;
}

/**
 * One-time links that an e-mail brings, each for an hour. Redis holds the SHA-256 of an account's newest of each purpose, in the
 * account's own record: so it ends with the account. Spending proves that the person with the link reads mail at the address.
 */
export class AccountLinks {
  readonly #writes: RecordWrites;
  readonly #spent: SpentLinks;
  readonly #prefix: string;

  constructor(redis: RedisClient, prefix = '', writes: RecordWrites = unconfirmedWrites(redis)) {
    this.#writes = writes;
    this.#spent = new SpentLinks(writes.redis, prefix);
    this.#prefix = prefix;
  }

  /** A new link's token, only for the person who reads mail at the address; null when the account is gone. */
  async make(purpose: LinkPurpose, userId: number, address: string): Promise<string | null> {
    const token = newToken(userId);
    const reply = await runScript(
      this.#writes.redis,
      makeLink,
      accountKey(userId, this.#prefix),
      linkField + purpose,
      hashOfToken(token),
      linkMs,
      address,
    );
    const [word] = replyOf(reply, 'made', 'unknown');
    return word === 'made' ? token : null;
  }

  /** What a link is good for; null where it is none, is spent or over. */
  async find(purpose: LinkPurpose, token: string): Promise<GoodLink | null> {
    return this.#use(purpose, token, '');
  }

  /** Whether the account's link of this hash is good no longer. One that is over stays so. */
  async isOver(purpose: LinkPurpose, userId: number, linkHash: string): Promise<boolean> {
    return (await this.#useOf(userId, purpose, linkHash, '')) === null;
  }

  /** Spends a link: of two that try, one gets it, and `findSpent` tells the other. Null as in `find`. */
  async spend(purpose: LinkPurpose, token: string): Promise<GoodLink | null> {
    const good = await this.find(purpose, token);
    if (good === null) return null;
    await this.noteSpent(token, good);
    return this.#use(purpose, token, '1');
  }

  /** Notes for a minute that a good link is being spent, and what whoever finishes that has to know. The first note stays. */
  async noteSpent(token: string, { address }: GoodLink, known = ''): Promise<void> {
    await this.#spent.noteFirst(token, `${markOf(token, address)} ${known}`);
  }

  /** What was noted with a link to this address that was spent a moment ago; null for any other. */
  async findSpent(token: string, address: string): Promise<string | null> {
    const note = await this.#spent.find(token);
    const mark = `${markOf(token, address)} `;
    return note?.startsWith(mark) === true ? note.slice(mark.length) : null;
  }

  async #use(purpose: LinkPurpose, token: string, spends: '' | '1'): Promise<GoodLink | null> {
    const userId = ownerOfLink(token);
    return userId === null ? null : this.#useOf(userId, purpose, hashOfToken(token), spends);
  }

  async #useOf(
    userId: number,
    purpose: LinkPurpose,
    linkHash: string,
    spends: '' | '1',
  ): Promise<GoodLink | null> {
    const { redis } = this.#writes;
    const key = accountKey(userId, this.#prefix);
    const reply = await runScript(redis, useLink, key, linkField + purpose, linkHash, spends);
    const [word, address = ''] = replyOf(reply, 'good', 'spent', 'bad');
    return word === 'bad' ? null : { userId, address };
  }
}
