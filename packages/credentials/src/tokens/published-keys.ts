import type { JsonWebKey } from 'node:crypto';
import {
  loadScript,
  type RecordWrites,
  type RedisClient,
  replyWords,
  runScript,
  unconfirmedWrites,
  UnexpectedReply,
} from '@ravi/redis';
import { signingKeysKey } from '../keyspace.ts';
import { defaultLifetimes, type Lifetimes } from '../lifetimes.ts';

const script = (name: string) => loadScript(new URL(`../lua/${name}.lua`, import.meta.url));
const publishKeys = script('publish-keys');
const activateKey = script('activate-key');
const retireKey = script('retire-key');

/** How long caches may serve a JWKS of ours: its `max-age`. */
export const jwksMaxAgeSeconds = 60;

/**
 * How long a key must have been published before it signs: `max-age`, and as long again for caches in a row, slow clocks and
 * our own apis.
 */
const publicationLeadMs = 2 * jwksMaxAgeSeconds * 1000;

/**
 * Issuers say every few seconds which keys they hold, and with which one they sign. No issuer holds, or signs with, a key that was not
 * named so for this long.
 */
const heldWithinMs = 15_000;

/** An issuer may sign with the former key for a moment after it last said that it does. */
const signingLagMs = 60_000;

/** A public key as it stands in the JWKS. (RFC 7517) */
export interface PublicJwk extends JsonWebKey {
  readonly kid: string;
  readonly alg: 'ES256';
  readonly use: 'sig';
}

/** A key and where it is in its life: published → active → (retired →) left out. */
export interface KeyLife {
  readonly kid: string;
  readonly jwk: PublicJwk;
  readonly active: boolean;
  readonly publishedAtMs: number;
  /** When an issuer last said that it holds the private half. */
  readonly heldAtMs: number;
  /** When an issuer last said that it signs with it; null if none ever did. */
  readonly signedAtMs: number | null;
  /** When it stops, or stopped, being published; null unless it was retired. */
  readonly retireAtMs: number | null;
}

/** Keys as they were listed, and when. */
interface ListedKeys {
  readonly keys: readonly PublicJwk[];
  readonly readAtMs: number;
}

export type Activation =
  | { readonly kind: 'activated' | 'notHeld' | 'retired' | 'unknown' }
  /** Caches may not know it yet. */
  | { readonly kind: 'tooFresh'; readonly waitMs: number };

export type Retirement =
  | { readonly kind: 'retired'; readonly atMs: number }
  | { readonly kind: 'active' | 'inUse' | 'unknown' };

/**
 * The public halves of the signing keys, and which of them is active: written by issuers and operators, read by apis. A key that
 * no issuer has held for as long as its last token may live is left out. Each change is one script.
 */
export class PublishedKeys {
  readonly #redis: RedisClient;
  readonly #key: string;
  readonly #longestTokenMs: number;
  readonly #writes: RecordWrites;
  #lastListed: ListedKeys | null = null;

  /** `writes` are those of `redis`. */
  constructor(
    redis: RedisClient,
    prefix = '',
    {
      accessTokenSeconds,
      refreshTokenIdleSeconds,
    }: Pick<Lifetimes, 'accessTokenSeconds' | 'refreshTokenIdleSeconds'> = defaultLifetimes,
    writes: RecordWrites = unconfirmedWrites(redis),
  ) {
    this.#redis = redis;
    this.#writes = writes;
    this.#key = signingKeysKey(prefix);
    this.#longestTokenMs = Math.max(accessTokenSeconds, refreshTokenIdleSeconds) * 1000;
  }

  /**
   * Publishes the keys that an issuer holds and tells it with which to sign: the active one, or its own first when it does not
   * hold that; null when all of its keys are retired.
   */
  async publish(
    keys: readonly PublicJwk[],
    nowMs: number,
  ): Promise<{ readonly signingKid: string | null; readonly activeKid: string }> {
    const fields = keys.flatMap((jwk) => [jwk.kid, JSON.stringify(jwk)]);
    const [signingKid, activeKid = ''] = replyWords(
      await runScript(this.#redis, publishKeys, this.#key, nowMs, ...fields),
    );
    return { signingKid: signingKid === '' ? null : signingKid, activeKid };
  }

  /** Makes a key the one that signs. With `atOnce`, even if caches may not know it yet. */
  async activate(kid: string, nowMs: number, atOnce = false): Promise<Activation> {
    const leadMs = atOnce ? 0 : publicationLeadMs;
    const reply = await runScript(this.#redis, activateKey, this.#key, kid, nowMs, leadMs, heldWithinMs);
    const [kind, waitMs] = replyWords(reply);
    switch (kind) {
      case 'too_fresh':
        return { kind: 'tooFresh', waitMs: Number(waitMs) };
      case 'not_held':
        return { kind: 'notHeld' };
      case 'activated':
      case 'retired':
      case 'unknown':
        return { kind };
      default:
        throw new UnexpectedReply(kind);
    }
  }

  /**
   * Ends a key that is not active, and with which no issuer signs: one that lacks the active key does. It verifies until its last token
   * has expired. With `atOnce`, for a key that leaked, it verifies no longer, whoever signs with it.
   */
  async retire(kid: string, nowMs: number, atOnce = false): Promise<Retirement> {
    const lifetimeMs = atOnce ? 0 : this.#longestTokenMs + signingLagMs;
    const signsWithinMs = atOnce ? 0 : heldWithinMs;
    const [kind, atMs] = replyWords(
      await runScript(this.#redis, retireKey, this.#key, kid, nowMs, lifetimeMs, signsWithinMs),
    );
    switch (kind) {
      case 'retired':
        return { kind, atMs: Number(atMs) };
      case 'in_use':
        return { kind: 'inUse' };
      case 'active':
      case 'unknown':
        return { kind };
      default:
        throw new UnexpectedReply(kind);
    }
  }

  /** Resolves once enough replicas know what was activated and retired (`RECORDS_REPLICAS`). Rejects with `NotReplicated`. */
  async replicated(): Promise<void> {
    await this.#writes.replicated(this.#key);
  }

  /** All keys with which a valid token may have been signed. */
  async list(nowMs: number): Promise<readonly PublicJwk[]> {
    const keys = (await this.listWithLife(nowMs)).map(({ jwk }) => jwk);
    this.#lastListed = { keys, readAtMs: nowMs };
    return keys;
  }

  /** What `list` gave last, whoever asked for it; null before that. */
  get lastListed(): ListedKeys | null {
    return this.#lastListed;
  }

  /** The same, with where each key is in its life; the oldest first. */
  async listWithLife(nowMs: number): Promise<readonly KeyLife[]> {
    const fields = await this.#redis.hgetall(this.#key);
    const time = (name: string) => (fields[name] === undefined ? null : Number(fields[name]));
    return Object.keys(fields)
      .filter((name) => fields[`${name}:published_at`] !== undefined)
      .map((kid) => ({
        kid,
        jwk: JSON.parse(fields[kid] ?? '') as PublicJwk,
        active: fields['active'] === kid,
        publishedAtMs: time(`${kid}:published_at`) ?? 0,
        heldAtMs: time(`${kid}:held_at`) ?? 0,
        signedAtMs: time(`${kid}:signed_at`),
        retireAtMs: time(`${kid}:retire_at`),
      }))
      .filter(
        ({ heldAtMs, retireAtMs }) =>
          nowMs - heldAtMs < this.#longestTokenMs && (retireAtMs === null || nowMs < retireAtMs),
      )
      .toSorted((one, other) => one.publishedAtMs - other.publishedAtMs);
  }
}
