import { createHash, randomBytes } from 'node:crypto';
import type { RedisClient } from '@ravi/redis';
import type { Account } from './account.ts';
import { accountSessionsKey, sessionKey } from './keyspace.ts';

/** A browser session lives this long. */
export const sessionTtlSeconds = 12 * 3600;

/** A token is 256 random bits, base64url, and so is its SHA-256; anything else is no session and never reaches Redis. */
const tokenShape = /^[\w-]{43}$/;

/** Longest part of a user agent that is kept. */
const maxUserAgentLength = 256;

/** Where a session was started, for its owner to recognise it. */
export interface SessionOrigin {
  readonly address: string;
  readonly userAgent: string;
}

/** One of the sessions of an account, as its owner sees it. */
export interface OpenSession extends SessionOrigin {
  /** The SHA-256 of the token: tells sessions apart and opens none. */
  readonly id: string;
  readonly startedAtMs: number;
}

type SessionRecord = Account & SessionOrigin & { readonly startedAtMs: number };

/**
 * Browser sessions in Redis, under the SHA-256 of their token: a dump opens none. Each account has an index of its own; what is
 * not in Redis under its hash has ended, whatever the index says.
 */
export class SessionStore {
  readonly #redis: RedisClient;
  readonly #prefix: string;

  constructor(redis: RedisClient, prefix = '') {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** Starts a session and returns its token, for the cookie alone. */
  async open(account: Account, origin: SessionOrigin, nowMs: number): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    const id = idOf(token);
    const index = this.#indexKey(account.id);
    const record: SessionRecord = {
      id: account.id,
      email: account.email,
      firstName: account.firstName,
      lastName: account.lastName,
      address: origin.address,
      userAgent: origin.userAgent.slice(0, maxUserAgentLength),
      startedAtMs: nowMs,
    };
    // Into the index first: no session shall live that its owner cannot see.
    await this.#redis.zadd(index, nowMs + sessionTtlSeconds * 1000, id);
    await this.#redis.expire(index, sessionTtlSeconds);
    await this.#redis.set(this.#key(id), JSON.stringify(record), 'EX', sessionTtlSeconds);
    await this.#redis.zremrangebyscore(index, '-inf', nowMs);
    return token;
  }

  /** The account that is signed in; null when the session ended or never was. */
  async read(token: string): Promise<Account | null> {
    const record = tokenShape.test(token) ? await this.#readRecord(idOf(token)) : null;
    if (record === null) return null;
    const { id, email, firstName, lastName } = record;
    return { id, email, firstName, lastName };
  }

  /** The account's sessions that are open now, the newest first. */
  async list(userId: number): Promise<readonly OpenSession[]> {
    const ids = await this.#redis.zrange(this.#indexKey(userId), '0', '-1');
    const records = await Promise.all(ids.map(async (id) => ({ id, record: await this.#readRecord(id) })));
    return records
      .flatMap(({ id, record }) =>
        record === null
          ? []
          : [{ id, address: record.address, userAgent: record.userAgent, startedAtMs: record.startedAtMs }],
      )
      .toSorted((a, b) => b.startedAtMs - a.startedAtMs);
  }

  /** Ends one session of the account; false when the account has no such session. */
  async end(userId: number, id: string): Promise<boolean> {
    if (!tokenShape.test(id) || (await this.#redis.zscore(this.#indexKey(userId), id)) === null) return false;
    await this.#redis.del(this.#key(id));
    await this.#redis.zrem(this.#indexKey(userId), id);
    return true;
  }

  /** Ends every session of the account but the one with this token. */
  async endOthers(userId: number, token: string): Promise<void> {
    const ids = await this.#redis.zrange(this.#indexKey(userId), '0', '-1');
    await Promise.all(ids.filter((id) => id !== idOf(token)).map((id) => this.end(userId, id)));
  }

  /** Ends the session with this token. */
  async close(token: string): Promise<void> {
    if (!tokenShape.test(token)) return;
    const id = idOf(token);
    const record = await this.#readRecord(id);
    await this.#redis.del(this.#key(id));
    if (record !== null) await this.#redis.zrem(this.#indexKey(record.id), id);
  }

  /** The id under which `list` shows the session with this token. */
  idOf(token: string): string {
    return idOf(token);
  }

  async #readRecord(id: string): Promise<SessionRecord | null> {
    const text = await this.#redis.get(this.#key(id));
    return text === null ? null : (JSON.parse(text) as SessionRecord);
  }

  #key(id: string): string {
    return sessionKey(id, this.#prefix);
  }

  #indexKey(userId: number): string {
    return accountSessionsKey(userId, this.#prefix);
  }
}

function idOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
