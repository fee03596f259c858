import { createHash } from 'node:crypto';
import { proofMemorySeconds, readDpopProof } from './dpop-proof.ts';
import type { RequestFacts } from './verification.ts';

/** Proofs that are remembered at most, unless said otherwise. */
const maxRememberedByDefault = 100_000;

/**
 * Checks proofs of possession for other people's services: made for this request and this bound token, by the token's key, and not
 * used at this process, which remembers the used ones. (RFC 9449 §7.1, §11.1)
 */
export class DpopProofsInMemory {
  readonly #nowMs: () => number;
  readonly #maxRemembered: number;
  /** When each seen proof may be forgotten, oldest first. */
  readonly #seen = new Map<string, number>();

  /** `maxRemembered`: with one more, the oldest is forgotten. */
  constructor(nowMs: () => number, maxRemembered = maxRememberedByDefault) {
    this.#nowMs = nowMs;
    this.#maxRemembered = maxRemembered;
  }

  /** The problem with the proof, in words; null if it is valid. */
  fault(token: string, boundTo: string, request: RequestFacts | undefined): string | null {
    if (!request?.dpop) return 'this token needs a DPoP proof';
    const { method, url, dpop } = request;
    const nowMs = this.#nowMs();
    const proof = readDpopProof(dpop, { method, url, accessToken: token }, nowMs);
    if (proof.kind !== 'sound') return proof.fault;
    if (proof.thumbprint !== boundTo) {
      return 'the DPoP proof was made with another key than the token is bound to';
    }
    const id = createHash('sha256').update(`${boundTo} ${proof.jti}`).digest('base64url');
    return this.#isNew(id, nowMs) ? null : 'the DPoP proof was used before';
  }

  #isNew(id: string, nowMs: number): boolean {
    // First: what is presented again makes nothing be forgotten, itself least of all.
    if (this.#seen.has(id)) return false;
    for (const [seen, untilMs] of this.#seen) {
      if (untilMs > nowMs && this.#seen.size < this.#maxRemembered) break;
      this.#seen.delete(seen);
    }
    this.#seen.set(id, nowMs + proofMemorySeconds * 1000);
    return true;
  }
}
