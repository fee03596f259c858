import { createHash } from 'node:crypto';
import type { RedisClient } from '@ravi/redis';
import { proofWindowSeconds, type ProvenRequest, readDpopProof } from './dpop-proof.ts';

/** Checks proofs of possession, each of which is good for one request at one of all instances. (RFC 9449 §11.1) */
export class DpopProofs {
  readonly #redis: RedisClient;
  readonly #prefix: string;

  constructor(redis: RedisClient, prefix = '') {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /**
   * The thumbprint of the key that the sender holds; null for a proof that is unsound, for another request, or used before.
   * Rejects when Redis is away.
   */
  async check(text: string, request: ProvenRequest, nowMs: number): Promise<string | null> {
    const proof = readDpopProof(text, request, nowMs);
    if (!proof) return null;
    const name = createHash('sha256').update(`${proof.thumbprint} ${proof.jti}`).digest('base64url');
    // Remembered until the proof would be refused for its age, whichever way the clock of its maker is off.
    const ttlSeconds = 2 * proofWindowSeconds + 1;
    const first = await this.#redis.set(`${this.#prefix}ravi:dpop:${name}`, '1', 'EX', ttlSeconds, 'NX');
    return first === 'OK' ? proof.thumbprint : null;
  }
}
