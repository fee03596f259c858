import { createHash } from 'node:crypto';
import type { RedisClient } from '@ravi/redis';
import { proofMemorySeconds, type ProvenRequest, readDpopProof } from '@ravi/verify/dpop';
import { usedProofKey } from '../keyspace.ts';
import type { DpopNonces } from './dpop-nonces.ts';

export { dpopAlgorithms } from '@ravi/verify/dpop';

export type ProofCheck =
  /** The sender holds the key with this thumbprint. */
  | { readonly kind: 'proven'; readonly thumbprint: string }
  /** Sound but for its time: with this nonce in it, the next proof needs no right clock. (RFC 9449 §8) */
  | { readonly kind: 'nonceNeeded'; readonly nonce: string }
  /** Unsound, for another request, or used before. `fault` says so to the developer of the program. */
  | { readonly kind: 'refused'; readonly fault: string };

/**
 * Checks proofs of possession for our own api. Redis remembers the used ones, so that a proof is good for one request over all
 * instances. (RFC 9449 §11.1)
 */
export class DpopProofsInRedis {
  readonly #redis: RedisClient;
  readonly #nonces: DpopNonces;
  readonly #prefix: string;

  constructor(redis: RedisClient, nonces: DpopNonces, prefix = '') {
    this.#redis = redis;
    this.#nonces = nonces;
    this.#prefix = prefix;
  }

  /** Checks a proof for a request, and remembers it. Rejects when Redis is away. */
  async check(text: string, request: ProvenRequest, nowMs: number): Promise<ProofCheck> {
    const isFreshNonce = (nonce: string) => this.#nonces.isFresh(nonce, nowMs);
    const proof = readDpopProof(text, { ...request, isFreshNonce }, nowMs);
    switch (proof.kind) {
      case 'unsound':
        return { kind: 'refused', fault: text === '' ? 'none was sent' : proof.fault };
      case 'untimely':
        return { kind: 'nonceNeeded', nonce: this.#nonces.issue(nowMs) };
      case 'sound': {
        const name = createHash('sha256').update(`${proof.thumbprint} ${proof.jti}`).digest('base64url');
        const key = usedProofKey(name, this.#prefix);
        const first = await this.#redis.set(key, '1', 'EX', proofMemorySeconds, 'NX');
        if (first !== 'OK') return { kind: 'refused', fault: 'the DPoP proof was used before' };
        return { kind: 'proven', thumbprint: proof.thumbprint };
      }
    }
  }
}
