import { createHmac, timingSafeEqual } from 'node:crypto';
import { keyGenerations, type ServiceKeyGenerations, type ServiceKeys } from '@ravi/runtime';
import { proofWindowSeconds } from '@ravi/verify/dpop';

/**
 * Nonces for programs whose clock is off: a proof that contains one was made after it. Each carries its time and a MAC, so that every
 * instance recognises those of all others without Redis. (RFC 9449 §8)
 */
export class DpopNonces {
  readonly #keys: ServiceKeyGenerations;

  constructor(keys: ServiceKeyGenerations) {
    this.#keys = keys;
  }

  /** A nonce that is fresh for a minute from now. */
  issue(nowMs: number): string {
    const time = Math.floor(nowMs / 1000).toString(36);
    return `${time}.${mac(time, this.#keys.current).toString('base64url')}`;
  }

  /** Whether a nonce is ours, and at most a minute old: a proof with it is remembered for longer. */
  isFresh(nonce: string, nowMs: number): boolean {
    const [time = '', given = ''] = nonce.split('.', 2);
    const age = nowMs / 1000 - Number.parseInt(time, 36);
    if (!/^[0-9a-z]{1,9}$/.test(time) || age < -proofWindowSeconds || age > proofWindowSeconds) return false;
    const presented = Buffer.from(given, 'base64url');
    return keyGenerations(this.#keys).some((keys) => {
      const right = mac(time, keys);
      return presented.length === right.length && timingSafeEqual(presented, right);
    });
  }
}

/** 128 bits: enough for what is good for a minute. */
function mac(time: string, keys: ServiceKeys): Buffer {
  return createHmac('sha256', keys['dpop-nonce']).update(time).digest().subarray(0, 16);
}
