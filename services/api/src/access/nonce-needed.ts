import { Problem } from '../http/problem.ts';

/** The refusal of a proof that is not recent, with the nonce for the next one. (RFC 9449 §8, §9) */
export function nonceNeeded(code: 'use_dpop_nonce' | 'unproven_without_nonce', dpopNonce: string): Problem {
  const sentence = 'The DPoP proof is not recent. Send a new one with the nonce in the header DPoP-Nonce.';
  return new Problem(code, sentence, { dpopNonce });
}
