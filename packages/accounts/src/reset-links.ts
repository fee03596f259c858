import { createHash, randomBytes } from 'node:crypto';
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
import { signInKey } from './keyspace.ts';

const makeLink = loadScript(new URL('./lua/make-reset-link.lua', import.meta.url));
const useLink = loadScript(new URL('./lua/use-reset-link.lua', import.meta.url));

/** How long a link is good. */
export const resetLinkMs = 3_600_000;

/** The account's id, a dot, and 160 random bits, base64url; anything else is no link and never reaches Redis. */
const tokenShape = /^([1-9]\d{0,15})\.([\w-]{27})$/;

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

  /** A new link's token, for its human alone; the one before is good no longer. */
  async make({ id, email }: Account): Promise<MadeResetLink> {
    const token = `${id}.${randomBytes(20).toString('base64url')}`;
    const [word, until = ''] = replyWords(
      await runScript(this.#writes.redis, makeLink, this.#key(email), id, hashOf(token), resetLinkMs),
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
  async find(token: string): Promise<Account | null> {
    return this.#use(token, '');
  }

  /** Sets the password of the link's account, once. Null as in `find`; then nothing has changed. */
  async spend(token: string, newPasswordHash: string): Promise<Account | null> {
    return this.#use(token, newPasswordHash);
  }

  /** Ends the link of an account, where it has one. */
  async drop({ email }: Account): Promise<void> {
    await this.#writes.redis.hdel(this.#key(email), 'link_hash', 'link_until');
  }

  async #use(token: string, newHash: string): Promise<Account | null> {
    const [, userId] = tokenShape.exec(token) ?? [];
    if (userId === undefined) return null;
    const owner = await this.#accounts.read(Number(userId));
    if (owner === null || owner.account.blocked) return null;
    const { account } = owner;
    const [word] = replyWords(
      await runScript(this.#writes.redis, useLink, this.#key(account.email), userId, hashOf(token), newHash),
    );
    if (word !== 'good' && word !== 'reset' && word !== 'bad') throw new UnexpectedReply(word);
    return word === 'bad' ? null : account;
  }

  #key(email: string): string {
    return signInKey(email, this.#prefix);
  }
}

/** A fast hash is enough for 160 random bits. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
