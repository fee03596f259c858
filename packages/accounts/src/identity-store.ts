import { randomUUID } from 'node:crypto';
import {
  isRedisFull,
  loadScript,
  type RecordWrites,
  type RedisClient,
  replyOf,
  replyWords,
  runScript,
  unconfirmedWrites,
  UnexpectedReply,
} from '@ravi/redis';
import type { Identity } from './account.ts';
import { IdentityAddresses } from './identity-addresses.ts';
import { accountKey, identityField } from './keyspace.ts';
import { generateIdentityName, localPartFor } from './identity-name.ts';

const putIdentity = loadScript(new URL('./lua/put-identity.lua', import.meta.url));
const removeIdentity = loadScript(new URL('./lua/remove-identity.lua', import.meta.url));

/** The most identities that an account may have. */
export const maxIdentities = 100;

/** Whether an account with these identities may have one more. */
export function hasRoomForIdentity(identities: readonly Identity[]): boolean {
  return identities.length < maxIdentities;
}

/** How often a name and address are generated before we give up: a second time is rare. */
const maxDraws = 10;

/** The name and full address to give an identity. An absent one is generated for a new identity and kept for an existing one. */
export interface IdentityChanges {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
}

export type IdentityWriteOutcome =
  | { readonly kind: 'written'; readonly identity: Identity }
  /** It is so already: nothing was written. */
  | { readonly kind: 'same'; readonly identity: Identity }
  | { readonly kind: 'exists' | 'unknown' | 'nameTaken' | 'emailTaken' | 'tooMany' };

/** The identities of accounts in Redis. Addresses are unique among all accounts, names within one. */
export class IdentityStore {
  readonly #redis: RedisClient;
  readonly #addresses: IdentityAddresses;
  readonly #prefix: string;
  readonly #writes: RecordWrites;

  constructor(redis: RedisClient, prefix = '', writes: RecordWrites = unconfirmedWrites(redis)) {
    this.#redis = redis;
    this.#addresses = new IdentityAddresses(writes.redis, prefix);
    this.#prefix = prefix;
    this.#writes = writes;
  }

  /**
   * Adds an identity. An absent name is generated; an absent address is made of the name, free and under `domain`. A `uuid` given
   * twice adds one identity.
   */
  async add(
    userId: number,
    changes: IdentityChanges,
    { domain, nowMs, uuid = randomUUID() }: { domain: string; nowMs: number; uuid?: string },
  ): Promise<IdentityWriteOutcome> {
    const now = new Date(nowMs).toISOString();
    for (let draw = 1; ; draw++) {
      const drawn =
        changes.name === undefined
          ? generateIdentityName()
          : { name: changes.name, localPart: localPartFor(changes.name) };
      const outcome = await this.#write(userId, null, {
        uuid,
        name: drawn.name,
        email: changes.email ?? `${drawn.localPart}@${domain}`,
        phone: '',
        createdAt: now,
        updatedAt: now,
      });
      if (outcome.kind === 'changed') throw new UnexpectedReply(outcome.kind);
      const drawAgain =
        (outcome.kind === 'nameTaken' && changes.name === undefined) ||
        (outcome.kind === 'emailTaken' && changes.email === undefined);
      if (!drawAgain || draw === maxDraws) return outcome;
    }
  }

  /** One identity of the account; null when it has no such identity. */
  async find(userId: number, uuid: string): Promise<Identity | null> {
    const text = await this.#read(userId, uuid);
    return text === null ? null : (JSON.parse(text) as Identity);
  }

  /**
   * Changes name, address or both, and nothing else that is changed at the same time. Nobody else gets an address that is given up for
   * 30 days: mail for it must not go astray.
   */
  async change(
    userId: number,
    uuid: string,
    changes: IdentityChanges,
    nowMs: number,
  ): Promise<IdentityWriteOutcome> {
    for (;;) {
      const former = await this.#read(userId, uuid);
      if (former === null) return { kind: 'unknown' };
      const identity = JSON.parse(former) as Identity;
      const { name = identity.name, email = identity.email } = changes;
      if (name === identity.name && email === identity.email) return { kind: 'same', identity };
      const changed = { ...identity, name, email, updatedAt: new Date(nowMs).toISOString() };
      const writing = await this.#write(userId, former, changed);
      if (writing.kind === 'changed') continue;
      if (writing.kind === 'written' && email !== identity.email) {
        await this.#addresses.giveUp(identity.email, userId, nowMs);
      }
      return writing;
    }
  }

  /** Removes an identity; nobody else gets its address for 30 days. False when there is none. */
  async remove(userId: number, uuid: string, nowMs: number): Promise<boolean> {
    const account = accountKey(userId, this.#prefix);
    const reply = await runScript(this.#writes.redis, removeIdentity, account, identityField + uuid);
    const [word, text] = replyOf(reply, 'removed', 'unknown');
    if (word === 'unknown') return false;
    const { email } = JSON.parse(text ?? '') as Identity;
    await this.#addresses.giveUp(email, userId, nowMs);
    return true;
  }

  #read(userId: number, uuid: string): Promise<string | null> {
    return this.#redis.hget(accountKey(userId, this.#prefix), identityField + uuid);
  }

  /** Writes an identity anew, or in the place of a former one, given as it was read. `changed`: it is not that one any more. */
  async #write(
    userId: number,
    former: string | null,
    identity: Identity,
  ): Promise<IdentityWriteOutcome | { readonly kind: 'changed' }> {
    const hold = await this.#addresses.hold(identity.email, userId);
    if (hold === 'taken') return { kind: 'emailTaken' };
    const giveBack = () =>
      hold === 'reserved'
        ? this.#addresses.release(identity.email, userId)
        : this.#addresses.giveUp(identity.email, userId, Date.parse(identity.updatedAt));
    const foldedName = identity.name.normalize('NFKC').toLowerCase();
    let reply: unknown;
    try {
      reply = await runScript(
        this.#writes.redis,
        putIdentity,
        accountKey(userId, this.#prefix),
        identityField + identity.uuid,
        JSON.stringify({ ...identity, foldedName }),
        foldedName,
        identity.email,
        former === null ? 'create' : 'update',
        maxIdentities,
        former ?? '',
      );
    } catch (error) {
      // Refused, so that nobody has the address. After any other failure somebody may.
      if (isRedisFull(error)) await giveBack();
      throw error;
    }
    const kind = decodeWrite(reply);
    if (kind === 'written') {
      await this.#addresses.hold(identity.email, userId);
      return { kind, identity };
    }
    // Nobody uses the address after all.
    await giveBack();
    return { kind };
  }
}

function decodeWrite(reply: unknown): Exclude<IdentityWriteOutcome['kind'], 'same'> | 'changed' {
  const [word] = replyWords(reply);
  switch (word) {
    case 'written':
    case 'exists':
    case 'unknown':
    case 'changed':
      return word;
    case 'name_taken':
      return 'nameTaken';
    case 'email_taken':
      return 'emailTaken';
    case 'too_many':
      return 'tooMany';
    default:
      throw new UnexpectedReply(word);
  }
}
