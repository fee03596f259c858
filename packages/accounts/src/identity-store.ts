import { randomUUID } from 'node:crypto';
import {
  isRedisFull,
  loadScript,
  type RedisClient,
  replyWords,
  runScript,
  UnexpectedReply,
} from '@ravi/redis';
import type { Identity } from './account.ts';
import { accountKey, identityEmailKey, identityField } from './keyspace.ts';
import { generateIdentityName, localPartFor } from './identity-name.ts';

const putIdentity = loadScript(new URL('./lua/put-identity.lua', import.meta.url));

/** The most identities that an account may have. */
export const maxIdentities = 100;

/** How often a name and address are generated before we give up: a second time is rare. */
const maxDraws = 10;

/** The name and full address to give an identity. An absent one is generated for a new identity and kept for an existing one. */
export interface IdentityChanges {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
}

/** The outcome of writing an identity. */
export type IdentityWriteOutcome =
  | { readonly kind: 'written'; readonly identity: Identity }
  | { readonly kind: 'exists' | 'unknown' | 'nameTaken' | 'emailTaken' | 'tooMany' };

/** The identities of accounts in Redis. Addresses are unique among all accounts, names within one. */
export class IdentityStore {
  readonly #redis: RedisClient;
  readonly #prefix: string;

  constructor(redis: RedisClient, prefix = '') {
    this.#redis = redis;
    this.#prefix = prefix;
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
      const outcome = await this.#write(userId, 'create', {
        uuid,
        name: drawn.name,
        email: changes.email ?? `${drawn.localPart}@${domain}`,
        phone: '',
        createdAt: now,
        updatedAt: now,
      });
      const drawAgain =
        (outcome.kind === 'nameTaken' && changes.name === undefined) ||
        (outcome.kind === 'emailTaken' && changes.email === undefined);
      if (!drawAgain || draw === maxDraws) return outcome;
    }
  }

  /** One identity of the account; null when it has no such identity. */
  async find(userId: number, uuid: string): Promise<Identity | null> {
    const text = await this.#redis.hget(accountKey(userId, this.#prefix), identityField + uuid);
    return text === null ? null : (JSON.parse(text) as Identity);
  }

  /** Changes name, address or both. An address that is given up stays reserved for the account: mail for it must not go astray. */
  async change(
    userId: number,
    uuid: string,
    changes: IdentityChanges,
    nowMs: number,
  ): Promise<IdentityWriteOutcome> {
    const identity = await this.find(userId, uuid);
    if (!identity) return { kind: 'unknown' };
    return this.#write(userId, 'update', {
      ...identity,
      name: changes.name ?? identity.name,
      email: changes.email ?? identity.email,
      updatedAt: new Date(nowMs).toISOString(),
    });
  }

  /** Removes an identity; its address stays reserved for the account. False when there is none. */
  async remove(userId: number, uuid: string): Promise<boolean> {
    return (await this.#redis.hdel(accountKey(userId, this.#prefix), identityField + uuid)) === 1;
  }

  async #write(userId: number, mode: 'create' | 'update', identity: Identity): Promise<IdentityWriteOutcome> {
    const reservation = await this.#reserve(identity.email, userId);
    if (reservation === 'taken') return { kind: 'emailTaken' };
    const giveBack = async () => {
      if (reservation === 'reserved') await this.#redis.del(identityEmailKey(identity.email, this.#prefix));
    };
    const foldedName = identity.name.normalize('NFKC').toLowerCase();
    let reply: unknown;
    try {
      reply = await runScript(
        this.#redis,
        putIdentity,
        accountKey(userId, this.#prefix),
        identityField + identity.uuid,
        JSON.stringify({ ...identity, foldedName }),
        foldedName,
        identity.email,
        mode,
        maxIdentities,
      );
    } catch (error) {
      // Refused, so that nobody has the address. After any other failure somebody may.
      if (isRedisFull(error)) await giveBack();
      throw error;
    }
    const kind = decodeWrite(reply);
    if (kind === 'written') return { kind, identity };
    // Nobody uses the address after all.
    await giveBack();
    return { kind };
  }

  /** Takes an address for the account, or notes that the account had it before. */
  async #reserve(email: string, userId: number): Promise<'reserved' | 'held' | 'taken'> {
    const key = identityEmailKey(email, this.#prefix);
    if ((await this.#redis.set(key, userId, 'NX')) === 'OK') return 'reserved';
    return (await this.#redis.get(key)) === String(userId) ? 'held' : 'taken';
  }
}

function decodeWrite(reply: unknown): IdentityWriteOutcome['kind'] {
  const [word] = replyWords(reply);
  switch (word) {
    case 'written':
    case 'exists':
    case 'unknown':
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
