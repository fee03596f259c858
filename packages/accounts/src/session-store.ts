import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  loadScript,
  type RecordWrites,
  type RedisClient,
  replyOf,
  runScript,
  unconfirmedWrites,
} from '@ravi/redis';
import { BoundedMap, isWithin, writtenFormat } from '@ravi/runtime';
import type { Account } from './account.ts';
import { accountFields, readAccount } from './account-fields.ts';
import { type Authentication, type AuthenticationMethod, byPassword } from './authentication.ts';
import { accountKey, accountSessionsKey, sessionKey } from './keyspace.ts';
import { sentAgainSeconds } from './sent-again.ts';
import {
  authenticationOf,
  isOpen,
  sessionFromText,
  type SessionOrigin,
  type SessionRecord,
} from './session-record.ts';

const openSession = loadScript(new URL('./lua/open-session.lua', import.meta.url));
const moveSession = loadScript(new URL('./lua/move-session.lua', import.meta.url));

/** How long browser sessions live, as SESSION_IDLE_SECONDS and SESSION_MAX_SECONDS of the api say. */
export interface SessionLifetimes {
  /** From one request to the next. */
  readonly idleSeconds: number;
  /** From the sign-in on. */
  readonly maxSeconds: number;
}

/** Sessions that an account has at once. One more, and the oldest ends. */
export const maxSessions = 50;

/** A token is 256 random bits, base64url, and so is its SHA-256; anything else is no session and never reaches Redis. */
const tokenShape = /^[\w-]{43}$/;

/** Longest part of a user agent that is kept. */
const maxUserAgentLength = 256;

/** How often at most the idle time of a session begins anew: a minute, or a tenth of that time, is exact enough. */
const touchEveryMs = (idleSeconds: number) => Math.min(60_000, idleSeconds * 100);

/** How often, and at which distance, a form that was sent twice looks for what its twin makes of the session: for a second. */
const maxLooks = 20;
const lookEveryMs = 50;

/** A session that stands in the index of its account is written within this time, or never. */
const writtenWithinMs = 60_000;

/** Sessions whose account a process remembers. */
const rememberedSessions = 10_000;

/** One of the sessions of an account, as its owner sees it. */
export interface OpenSession extends SessionOrigin {
  /** The SHA-256 of the token: tells sessions apart and opens none. */
  readonly id: string;
  readonly startedAtMs: number;
}

/** A session that is open: whose it is, and how they were authenticated last. */
export interface LiveSession {
  readonly account: Account;
  readonly authentication: Authentication;
  /** The id under which it was opened: it stays when the token changes. */
  readonly firstId: string;
  /** When it ends at the latest, however often it is used and renewed. */
  readonly endsAtMs: number;
}

/**
 * Browser sessions in Redis, under the SHA-256 of their token: a dump opens none. Each account has an index of its own. A session
 * lives while it is in Redis under its hash and its account is in the epoch of sessions in which it was opened.
 */
export class SessionStore {
  readonly #redis: RedisClient;
  readonly #prefix: string;
  readonly #lifetimes: SessionLifetimes;
  readonly #writes: RecordWrites;
  /** Whose a session is never changes: known, it is read together with its account. */
  readonly #owners = new BoundedMap<string, { readonly userId: number; touchedAtMs: number }>(
    rememberedSessions,
  );

  constructor(
    redis: RedisClient,
    lifetimes: SessionLifetimes,
    prefix = '',
    writes: RecordWrites = unconfirmedWrites(redis),
  ) {
    this.#redis = redis;
    this.#lifetimes = lifetimes;
    this.#prefix = prefix;
    this.#writes = writes;
  }

  /** How long a browser keeps a session's cookie. */
  get maxSeconds(): number {
    return this.#lifetimes.maxSeconds;
  }

  /**
   * Starts a session and returns its token, for the cookie alone. It belongs to the epoch in which the account was when it was read:
   * sessions that were ended since then end this one too. An authentication of before keeps its time.
   */
  async open(
    account: Account,
    origin: SessionOrigin,
    nowMs: number,
    method: AuthenticationMethod & Partial<Authentication> = byPassword,
  ): Promise<string> {
    const record: SessionRecord = {
      v: writtenFormat,
      userId: account.id,
      epoch: account.sessionsEpoch,
      address: origin.address,
      userAgent: origin.userAgent.slice(0, maxUserAgentLength),
      startedAtMs: nowMs,
      authentication: { atMs: nowMs, ...method },
    };
    return this.#write(record, nowMs, maxSessions);
  }

  /** Writes a session under a new token, and ends the oldest ones above the maximum. */
  async #write(record: SessionRecord, nowMs: number, max: number): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    const id = idOf(token);
    const { userId, startedAtMs } = record;
    // Into the index first: no session shall live that its owner cannot see.
    const index = this.#indexKey(userId);
    const { maxSeconds } = this.#lifetimes;
    const reply = await runScript(this.#redis, openSession, index, id, nowMs, maxSeconds, max);
    const [, ...surplus] = replyOf(reply, 'noted');
    await Promise.all(surplus.map((oldest) => this.end(userId, oldest)));
    await this.#redis.set(this.#key(id), JSON.stringify(record), 'PX', this.#restMs(startedAtMs, nowMs));
    // The sessions of the account, or the account, ended meanwhile: whoever removes what it left may have passed by already.
    if (!isOpen(record, await this.#readAccount(userId))) await this.end(userId, id);
    return token;
  }

  /** Who is signed in, and how; null when the session ended or never was. One round trip but for the first time here. */
  async read(token: string, nowMs: number): Promise<LiveSession | null> {
    if (!tokenShape.test(token)) return null;
    const id = idOf(token);
    const owner = this.#owners.get(id) ?? (await this.#learnOwner(id));
    if (owner === null) return null;
    const [record, account] = await Promise.all([this.#readRecord(id), this.#readAccount(owner.userId)]);
    if (record === null || account === null || !isOpen(record, account)) {
      this.#owners.delete(id);
      return null;
    }
    if (!isWithin(touchEveryMs(this.#lifetimes.idleSeconds), owner.touchedAtMs, nowMs)) {
      owner.touchedAtMs = nowMs;
      await this.#redis.pexpire(this.#key(id), this.#restMs(record.startedAtMs, nowMs));
    }
    return {
      account,
      authentication: authenticationOf(record),
      firstId: record.firstId ?? id,
      endsAtMs: record.startedAtMs + this.#lifetimes.maxSeconds * 1000,
    };
  }

  /** The account's sessions that are open now, the newest first. */
  async list(userId: number, nowMs: number): Promise<readonly OpenSession[]> {
    const index = this.#indexKey(userId);
    const [ids, settled, account] = await Promise.all([
      this.#redis.zrange(index, '0', '-1'),
      this.#redis.zrangebyscore(index, '-inf', nowMs - writtenWithinMs),
      this.#readAccount(userId),
    ]);
    const records = await Promise.all(ids.map(async (id) => ({ id, record: await this.#readRecord(id) })));
    const gone = records.filter(({ id, record }) =>
      record === null ? settled.includes(id) : !isOpen(record, account),
    );
    if (gone.length > 0) await this.#redis.zrem(index, ...gone.map(({ id }) => id));
    return records
      .flatMap(({ id, record }) =>
        record === null || !isOpen(record, account)
          ? []
          : [{ id, address: record.address, userAgent: record.userAgent, startedAtMs: record.startedAtMs }],
      )
      .toSorted((a, b) => b.startedAtMs - a.startedAtMs);
  }

  /** Ends one session of the account; false when the account has no such session. */
  async end(userId: number, id: string): Promise<boolean> {
    if (!tokenShape.test(id) || (await this.#redis.zscore(this.#indexKey(userId), id)) === null) return false;
    const ended = await this.#writes.redis.del(this.#key(id));
    await this.#leaveOut(userId, id);
    return ended === 1;
  }

  /** Takes the session with this token over into another epoch, in which the others of its account have ended. */
  async moveOn(token: string, epoch: string): Promise<void> {
    const id = idOf(token);
    const record = await this.#readRecord(id);
    if (record === null) return;
    const rewritten = JSON.stringify({ ...record, epoch });
    replyOf(await runScript(this.#redis, moveSession, this.#key(id), rewritten), 'moved', 'gone');
  }

  /**
   * Notes that the person of this session was authenticated again. The session continues under a new token, which is returned; the
   * old token and its copies are worthless. Null if the session has ended, even just now.
   * `form` is the token of the form that proved it, or empty: the same form, sent twice, is one success. `epoch` is the one in which it goes
   * on, where the others of its account have just ended.
   */
  async renew(
    token: string,
    method: AuthenticationMethod,
    nowMs: number,
    form: string,
    epoch?: string,
  ): Promise<string | null> {
    return this.#goOn(
      token,
      nowMs,
      { authentication: { ...method, atMs: nowMs }, ...(epoch ? { epoch } : {}) },
      form,
    );
  }

  /** The same for a session whose person proved nothing anew. */
  async rotate(token: string, nowMs: number, form = '', epoch?: string): Promise<string | null> {
    return this.#goOn(token, nowMs, epoch ? { epoch } : {}, form);
  }

  /**
   * One more token of the session that went on under another one when this very form was sent with this token, a minute ago at most: its
   * answer may have been lost. Null for any other token or form, and where the session has ended.
   */
  async continuedBy(token: string, form: string, nowMs: number): Promise<string | null> {
    if (!tokenShape.test(token) || form === '') return null;
    const id = await this.#redis.get(this.#successorKey(token, form));
    const record = id === null ? null : await this.#readRecord(id);
    if (record === null || !isOpen(record, await this.#readAccount(record.userId))) return null;
    return this.#write(record, nowMs, maxSessions);
  }

  /**
   * The same, for a form that ends the epoch of its session: waits, for a second at most, while another request has ended that one and is
   * about to take the session into the next. `isItsForm` tells whether the form is of the session with this first id: others are not waited for.
   */
  async awaitContinuedBy(
    token: string,
    form: string,
    nowMs: number,
    isItsForm = (_firstId: string): boolean => true,
  ): Promise<string | null> {
    for (let look = 1; ; look++) {
      const record = tokenShape.test(token) ? await this.#readRecord(idOf(token)) : null;
      const next = await this.continuedBy(token, form, nowMs);
      // Once it went on, nothing is left under its former token.
      const mayCome = record !== null && form !== '' && isItsForm(record.firstId ?? idOf(token));
      if (next !== null || !mayCome || look >= maxLooks) return next;
      await pause(lookEveryMs);
    }
  }

  async #goOn(
    token: string,
    nowMs: number,
    changes: Partial<Pick<SessionRecord, 'authentication' | 'epoch'>>,
    form = '',
  ): Promise<string | null> {
    const before = idOf(token);
    const record = await this.#readRecord(before);
    if (record === null) return this.awaitContinuedBy(token, form, nowMs);
    const { firstId = before } = record;
    // One more than the maximum: this one ends.
    const next = await this.#write({ ...record, firstId, ...changes }, nowMs, maxSessions + 1);
    // First: without it, whoever loses the answer would be signed out by the form that they send again.
    if (form !== '')
      await this.#redis.set(this.#successorKey(token, form), idOf(next), 'EX', sentAgainSeconds, 'NX');
    const goesOn = await this.end(record.userId, before);
    if (goesOn) return next;
    await this.close(next);
    return this.awaitContinuedBy(token, form, nowMs);
  }

  /** Ends the session with this token; false where there is none any more. */
  async close(token: string): Promise<boolean> {
    if (!tokenShape.test(token)) return false;
    const id = idOf(token);
    const record = await this.#readRecord(id);
    const ended = await this.#writes.redis.del(this.#key(id));
    if (record !== null) await this.#leaveOut(record.userId, id);
    return ended === 1;
  }

  /** Takes an ended session out of the index. Where that fails, `list` does it. */
  async #leaveOut(userId: number, id: string): Promise<void> {
    await this.#redis.zrem(this.#indexKey(userId), id).catch(() => undefined);
  }

  /** Resolves once enough replicas know that the session with this id ended (`RECORDS_REPLICAS`). Rejects with `NotReplicated`. */
  async replicated(id: string): Promise<void> {
    await this.#writes.replicated(this.#key(id));
  }

  /** The id under which `list` shows the session with this token. */
  idOf(token: string): string {
    return idOf(token);
  }

  /** Milliseconds after which a session that is used now ends if it is not used again. */
  #restMs(startedAtMs: number, nowMs: number): number {
    const { idleSeconds, maxSeconds } = this.#lifetimes;
    return Math.max(1, Math.min(idleSeconds * 1000, startedAtMs + maxSeconds * 1000 - nowMs));
  }

  async #learnOwner(id: string) {
    const record = await this.#readRecord(id);
    if (record === null) return null;
    const owner = { userId: record.userId, touchedAtMs: 0 };
    this.#owners.set(id, owner);
    return owner;
  }

  async #readAccount(userId: number): Promise<Account | null> {
    return readAccount(userId, await this.#redis.hmget(accountKey(userId, this.#prefix), ...accountFields));
  }

  async #readRecord(id: string): Promise<SessionRecord | null> {
    return sessionFromText(await this.#redis.get(this.#key(id)));
  }

  #key(id: string): string {
    return sessionKey(id, this.#prefix);
  }

  #successorKey(token: string, form: string): string {
    return this.#key(idOf(`${token} ${form}`));
  }

  #indexKey(userId: number): string {
    return accountSessionsKey(userId, this.#prefix);
  }
}

function idOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
