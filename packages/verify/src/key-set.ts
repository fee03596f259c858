import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { fetchJson, type Reach } from './fetch-json.ts';
import { isWithin } from './is-within.ts';

export interface KeySetDeps {
  /** Where the JWKS is. */
  readonly url: () => Promise<string>;
  readonly reach: Reach;
  readonly nowMs: () => number;
}

/** How long keys are used before they are fetched again: the server's cache time. */
const freshMs = 60_000;

/** Minimum time between two fetches, even after unknown `kid`s and failures. */
const everyMs = 5_000;

/** How long keys are used while they cannot be fetched again. */
const staleMs = 3_600_000;

/**
 * The authorization server's public keys (RFC 7517), cached. Follows a rotation: an unknown `kid` makes it fetch them again, at most
 * every 5 s for all callers together. During an outage it uses the cached keys for up to an hour.
 */
export class KeySet {
  readonly #deps: KeySetDeps;
  #keys: ReadonlyMap<string, KeyObject> = new Map();
  #fetchedAtMs = Number.NEGATIVE_INFINITY;
  #triedAtMs = Number.NEGATIVE_INFINITY;
  /** Why the last fetch failed, and when it began. */
  #failure: { readonly error: Error; readonly atMs: number } | null = null;
  #fetching: Promise<void> | null = null;

  constructor(deps: KeySetDeps) {
    this.#deps = deps;
  }

  /** The key with this `kid`, or undefined if there is none. Rejects if that is unknown. */
  async find(kid: string): Promise<KeyObject | undefined> {
    const nowMs = this.#deps.nowMs();
    const usable = () => (this.#deps.nowMs() - this.#fetchedAtMs < staleMs ? this.#keys.get(kid) : undefined);
    if (!isWithin(freshMs, this.#fetchedAtMs, nowMs) || !this.#keys.has(kid)) {
      const refetched = this.#refetch(nowMs);
      // A server that did not answer a moment ago is not waited for again, while its keys can be used.
      const isAway = this.#failure !== null && isWithin(freshMs, this.#failure.atMs, nowMs);
      if (!isAway || !usable()) await refetched;
    }
    const key = usable();
    // After a failed fetch, an unknown `kid` may be that of a new key.
    if (!key && this.#failure) throw this.#failure.error;
    return key;
  }

  #refetch(nowMs: number): Promise<void> {
    if (this.#fetching) return this.#fetching;
    if (isWithin(everyMs, this.#triedAtMs, nowMs)) return Promise.resolve();
    this.#triedAtMs = nowMs;
    this.#fetching = this.#fetch(nowMs).finally(() => (this.#fetching = null));
    return this.#fetching;
  }

  async #fetch(nowMs: number): Promise<void> {
    try {
      const { reach, url } = this.#deps;
      const from = await url();
      const { keys } = await fetchJson(reach, from);
      if (!Array.isArray(keys)) throw new Error(`${from} cannot be used: it has no keys`);
      this.#keys = new Map(keys.flatMap(readKey));
      this.#fetchedAtMs = nowMs;
      this.#failure = null;
    } catch (error) {
      this.#failure = { error: error as Error, atMs: nowMs };
    }
  }
}

/** The keys that verify ES256, by `kid`; others are left out. */
function readKey(jwk: unknown): readonly (readonly [string, KeyObject])[] {
  if (typeof jwk !== 'object' || jwk === null) return [];
  const { kid, kty, crv, x, y, alg = 'ES256', use = 'sig' } = jwk as JsonWebKey & Record<string, unknown>;
  if (typeof kid !== 'string' || kty !== 'EC' || crv !== 'P-256' || alg !== 'ES256' || use !== 'sig')
    return [];
  if (x === undefined || y === undefined) return [];
  try {
    return [[kid, createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' })]];
  } catch {
    return [];
  }
}
