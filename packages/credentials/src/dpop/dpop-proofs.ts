import { createHash } from 'node:crypto';
import type { RedisClient } from '@ravi/redis';
import { usedProofKey } from '../keyspace.ts';
import { proofMemorySeconds, type ProvenRequest, readDpopProof } from '@ravi/verify/dpop';

export { dpopAlgorithms } from '@ravi/verify/dpop';

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
    if (proof.kind === 'unsound') return null;
    const name = createHash('sha256').update(`${proof.thumbprint} ${proof.jti}`).digest('base64url');
    const key = usedProofKey(name, this.#prefix);
    const first = await this.#redis.set(key, '1', 'EX', proofMemorySeconds, 'NX');
    return first === 'OK' ? proof.thumbprint : null;
  }
}
