import { createHash } from 'node:crypto';

/**
 * That a passkey answered a challenge: a string, when (ms since the epoch), a dot, and the SHA-256 of the form that answered it; by the
 * SHA-256 of the challenge. TTL: that of a challenge.
 */
export function spentChallengeKey(challenge: string): string {
  return `ravi:spent-challenge:${sha256(challenge)}`;
}

/** That a sign-in through a provider came back: a string, by the SHA-256 of its state. TTL: that of an attempt. */
export function spentSignInKey(state: string): string {
  return `ravi:spent-sign-in:${sha256(state)}`;
}

/** How texts that nobody may read in Redis stand there. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
