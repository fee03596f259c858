import {
  loadBatchedScript,
  loadScript,
  type RecordWrites,
  type RedisClient,
  replyOf,
  replyWords,
  runBatched,
  runScript,
  unconfirmedWrites,
  UnexpectedReply,
} from '@ravi/redis';
import { requireKnownFormat, writtenFormat } from '@ravi/runtime';
import { grantKey, mintKey } from '../keyspace.ts';
import { endedRecordKeptMs } from '../records.ts';
import { grantOfMint, type MintId, type MintRequest, type PendingMint } from './mint-request.ts';

const file = (name: string) => new URL(`../lua/${name}.lua`, import.meta.url);
const beginRefresh = loadBatchedScript(file('begin-refresh'));
const settleRefresh = loadBatchedScript(file('settle-refresh'));
const settleMint = loadScript(file('settle-mint'));
const withdrawMint = loadScript(file('withdraw-mint'));

/** How long a request can still be served if its api died and nobody withdraws it. */
const pendingMs = 15_000;

/** How long the answer of any request but a refresh may be fetched again. */
const keptMs = 10_000;

/** A new request, as it is stored. */
export interface NewMint {
  readonly mintId: MintId;
  readonly wrappedKey: string;
  readonly secretHash: string;
  readonly instance: string;
}

/** The outcome of presenting a refresh token. */
export type RefreshBeginning =
  | { readonly kind: 'pending' }
  /** Presented a second time, shortly after: here is the same answer. */
  | { readonly kind: 'settled'; readonly sealed: string }
  /** Presented too late: a copy exists, and the grant has just ended. */
  | { readonly kind: 'reused'; readonly userId: number }
  | { readonly kind: 'ended' | 'unknown' };

/** The outcome of a settlement; `waiters` are the api instances to wake. */
export type MintSettlement =
  | { readonly kind: 'settled'; readonly again: boolean; readonly waiters: readonly string[] }
  | { readonly kind: 'refused'; readonly waiters: readonly string[] };

export type MintState =
  | { readonly kind: 'open' }
  | { readonly kind: 'settled'; readonly sealed: string }
  /** The grant ended meanwhile. */
  | { readonly kind: 'refused' };

/** Requests to the issuer that an api instance waits for, in Redis. Each transition is one script. */
export class MintStore {
  readonly #redis: RedisClient;
  readonly #prefix: string;
  readonly #writes: RecordWrites;

  constructor(redis: RedisClient, prefix = '', writes: RecordWrites = unconfirmedWrites(redis)) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#writes = writes;
  }

  /** A refresh token was presented. Ends the grant when it is not the latest. */
  async beginRefresh(
    mint: NewMint,
    request: Extract<MintRequest, { kind: 'refresh' }>,
  ): Promise<RefreshBeginning> {
    const reply = await runBatched(
      this.#writes.redis,
      beginRefresh,
      this.#refreshKeys(mint.mintId),
      request.jti,
      request.seq,
      mint.wrappedKey,
      mint.secretHash,
      mint.instance,
      pendingMs,
      writeRequest(request),
      endedRecordKeptMs,
    );
    const [kind, detail = ''] = replyWords(reply);
    switch (kind) {
      case 'settled':
        return { kind, sealed: detail };
      case 'reused':
        return { kind, userId: Number(detail) };
      case 'pending':
      case 'ended':
      case 'unknown':
        return { kind };
      default:
        throw new UnexpectedReply(kind);
    }
  }

  /**
   * Resolves once enough replicas have what a settled refresh made of its grant (`RECORDS_REPLICAS`), though another process settled it.
   * Rejects with `NotReplicated`.
   */
  async replicated(mintId: MintId): Promise<void> {
    await this.#writes.replicated(grantKey(grantOfMint(mintId), this.#prefix));
  }

  /** Asks for a new API key. */
  async beginKey(mint: NewMint, request: Extract<MintRequest, { kind: 'key' }>): Promise<void> {
    const key = mintKey(mint.mintId, this.#prefix);
    await this.#redis
      .multi()
      .hset(key, {
        state: 'pending',
        kind: 'key',
        wrapped_key: mint.wrappedKey,
        secret_hash: mint.secretHash,
        waiters: mint.instance,
        params: writeRequest(request),
      })
      .pexpire(key, pendingMs)
      .exec();
  }

  /** Reads a pending request for the issuer; null when there is nothing to do any more. Rejects with `NewerFormat`. */
  async readPending(mintId: MintId): Promise<PendingMint | null> {
    const [state, wrappedKey, secretHash, params, askedAt] = await this.#redis.hmget(
      mintKey(mintId, this.#prefix),
      'state',
      'wrapped_key',
      'secret_hash',
      'params',
      'asked_at',
    );
    if (state !== 'pending') return null;
    return {
      wrappedKey: wrappedKey ?? '',
      secretHash: secretHash ?? '',
      request: readRequest(params ?? ''),
      askedAtMs: Number(askedAt ?? 0),
    };
  }

  /**
   * Stores a sealed pair and moves its grant on to `nextJti`, once. The token, presented again within `graceMs`, gets the same pair.
   * With a channel, in which `%s` stands for the instance, the script wakes the waiting instances; without one the outcome names
   * them.
   */
  async settleRefresh(
    mintId: MintId,
    pair: {
      readonly jti: string;
      readonly nextJti: string;
      readonly nextSeq: number;
      readonly sealed: string;
      readonly refreshExpiresAtMs: number;
      readonly grantTtlMs: number;
      readonly graceMs: number;
    },
    channel = '',
  ): Promise<MintSettlement> {
    return decodeSettlement(
      await runBatched(
        this.#redis,
        settleRefresh,
        this.#refreshKeys(mintId),
        pair.jti,
        pair.nextJti,
        pair.nextSeq,
        pair.sealed,
        pair.graceMs,
        pair.grantTtlMs,
        pair.refreshExpiresAtMs,
        mintId,
        channel,
      ),
    );
  }

  /** Stores the sealed answer of any other request, once. */
  async settle(mintId: MintId, sealed: string): Promise<MintSettlement> {
    return decodeSettlement(
      await runScript(this.#redis, settleMint, mintKey(mintId, this.#prefix), sealed, keptMs),
    );
  }

  async check(mintId: MintId): Promise<MintState> {
    const [state, sealed] = await this.#redis.hmget(mintKey(mintId, this.#prefix), 'state', 'sealed');
    if (typeof sealed === 'string') return { kind: 'settled', sealed };
    return { kind: state === 'refused' ? 'refused' : 'open' };
  }

  /** Takes a request back. Resolves to the sealed answer where that came first, else null. */
  async withdraw(mintId: MintId): Promise<string | null> {
    const reply = await runScript(this.#redis, withdrawMint, mintKey(mintId, this.#prefix));
    const [kind, sealed = ''] = replyOf(reply, 'settled', 'withdrawn');
    return kind === 'settled' ? sealed : null;
  }

  #refreshKeys(mintId: MintId): readonly string[] {
    return [grantKey(grantOfMint(mintId), this.#prefix), mintKey(mintId, this.#prefix)];
  }
}

function writeRequest(request: MintRequest): string {
  return JSON.stringify({ v: writtenFormat, ...request });
}

function readRequest(text: string): MintRequest {
  const { v, ...request } = JSON.parse(text) as MintRequest & { readonly v: number };
  requireKnownFormat('A request for credentials', v);
  return request;
}

function decodeSettlement(reply: unknown): MintSettlement {
  const [kind, waiters = ''] = replyWords(reply);
  switch (kind) {
    case 'settled':
    case 'settled_before':
      return { kind: 'settled', again: kind === 'settled_before', waiters: splitList(waiters) };
    case 'refused':
      return { kind, waiters: splitList(waiters) };
    default:
      throw new UnexpectedReply(kind);
  }
}

const splitList = (list: string) => list.split(',').filter(Boolean);
