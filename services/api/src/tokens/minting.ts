import { randomBytes } from 'node:crypto';
import {
  hashMintSecret,
  type MintId,
  type MintStore,
  type NewApiKey,
  newMintId,
  refreshMintId,
  type TokenClaims,
  type UnmintedKey,
} from '@ravi/credentials';
import type { ServiceKeyGenerations } from '@ravi/runtime';
import { deriveResultKey, openResult, wrapResultKey } from '@ravi/sealing';
import { type Waiter, Waiters } from '@ravi/wakeups';
import type { IssuanceQueue } from '../issuance/queue.ts';
import { Problem } from '../http/problem.ts';

/** How long a request may wait for an issuer, and how often it is checked meanwhile, in case its wake-up was lost. */
const timeoutMs = 5_000;
const recheckMs = 1_000;

export interface MintingDeps {
  readonly mints: MintStore;
  readonly queue: IssuanceQueue;
  readonly keys: ServiceKeyGenerations;
  readonly instance: string;
}

/** A fresh pair of tokens, as the issuer made it. */
export interface RefreshedTokens {
  readonly access: string;
  readonly refresh: string;
  readonly accessExpiresAtMs: number;
  /** The key that they are bound to; empty for none. */
  readonly keyThumbprint: string;
  /** What the access token may do. */
  readonly scope: string;
}

/** A fresh API key, as the issuer made it, and what is to be stored of it. */
export interface MintedKey extends NewApiKey {
  readonly key: string;
}

/** What a presented refresh token gets. */
export type Refreshment =
  | { readonly kind: 'refreshed'; readonly tokens: RefreshedTokens }
  /** A copy of an old token: the grant has just ended. */
  | { readonly kind: 'reused' }
  | { readonly kind: 'ended' | 'unknown' };

/**
 * Asks the issuer for credentials on behalf of a request that waits: this process has no signing key. The request is a job, its
 * answer is sealed to the caller's secret, and the wake-up comes by the channel on which logins are woken.
 */
export class Minting {
  readonly #deps: MintingDeps;
  readonly #waiters = new Waiters();

  constructor(deps: MintingDeps) {
    this.#deps = deps;
  }

  onWakeup(id: string): void {
    this.#waiters.hint(id);
  }

  /**
   * The pair that follows a refresh token, whose claims were verified; the same pair if it is presented again within
   * `REFRESH_GRACE_SECONDS`. With a thumbprint the tokens are bound to that key; with a scope the access token is narrowed to it.
   * Throws 503 if no issuer answers in time: then the token is still good.
   */
  async refresh(
    token: string,
    claims: Pick<TokenClaims, 'grant_id' | 'jti' | 'seq'>,
    {
      keyThumbprint = '',
      accessScope,
    }: { readonly keyThumbprint?: string; readonly accessScope?: string } = {},
  ): Promise<Refreshment> {
    const { mints } = this.#deps;
    const secret = Buffer.from(token);
    const mintId = refreshMintId(claims.grant_id, hashMintSecret(secret));
    const waiter = this.#waiters.register(mintId, { timeoutMs, recheckMs });
    try {
      const begun = await mints.beginRefresh(this.#newMint(mintId, secret), {
        kind: 'refresh',
        jti: claims.jti,
        seq: claims.seq ?? 1,
        keyThumbprint,
        ...(accessScope === undefined ? {} : { accessScope }),
      });
      if (begun.kind !== 'pending' && begun.kind !== 'settled') return { kind: begun.kind };
      const sealed = begun.kind === 'settled' ? begun.sealed : await this.#served(mintId, waiter);
      if (sealed === null) return { kind: 'ended' };
      // Handed over even if too few replicas confirm: a token that is newer than its record works, and without it the program would
      // present the old one, which would count as reuse.
      await mints.replicated(mintId).catch(() => undefined);
      return { kind: 'refreshed', tokens: open(sealed, mintId, secret) as RefreshedTokens };
    } finally {
      waiter.stop();
    }
  }

  /** A new API key, of which nothing is stored yet. Throws 503 when no issuer answers in time: then there is no key. */
  async createKey(record: UnmintedKey): Promise<MintedKey> {
    const { mints } = this.#deps;
    const secret = randomBytes(32);
    const mintId = newMintId();
    const waiter = this.#waiters.register(mintId, { timeoutMs, recheckMs });
    try {
      await mints.beginKey(this.#newMint(mintId, secret), { kind: 'key', record });
      const sealed = await this.#served(mintId, waiter);
      if (sealed === null) throw noIssuerAvailable();
      return open(sealed, mintId, secret) as MintedKey;
    } finally {
      waiter.stop();
    }
  }

  #newMint(mintId: MintId, secret: Buffer) {
    const { keys, instance } = this.#deps;
    const secretHash = hashMintSecret(secret);
    const wrappedKey = wrapResultKey(deriveResultKey(secret), mintId, secretHash, keys.current);
    return { mintId, secretHash, wrappedKey, instance };
  }

  /** Adds the job and waits for the sealed answer; null when the grant ended meanwhile. */
  async #served(mintId: MintId, waiter: Waiter): Promise<string | null> {
    const { mints, queue } = this.#deps;
    try {
      await queue.addMint(mintId);
      while ((await waiter.next()) === 'check') {
        const state = await mints.check(mintId);
        if (state.kind !== 'open') return state.kind === 'settled' ? state.sealed : null;
        // Its job may be lost; or a job of the same name, which was just being finished, kept it out of the queue.
        await queue.addMintAgain(mintId);
      }
    } catch (error) {
      // It may have been settled all the same: then the grant has moved on, and only this answer has its next token.
      const sealed = await mints.withdraw(mintId).catch(() => null);
      if (sealed !== null) return sealed;
      throw error;
    }
    const sealed = await mints.withdraw(mintId);
    if (sealed !== null) return sealed;
    throw noIssuerAvailable();
  }
}

const noIssuerAvailable = () =>
  new Problem('unavailable', 'No issuer is available to make credentials. Nothing was changed; try again.', {
    retryAfterSeconds: 5,
  });

function open(sealed: string, mintId: MintId, secret: Buffer): unknown {
  return JSON.parse(openResult(sealed, mintId, deriveResultKey(secret)));
}
