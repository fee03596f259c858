import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { keyGenerations, type ServiceKeyGenerations, type ServiceKeys } from '@ravi/runtime';

/** Maximum time that a person may take at the provider. */
export const attemptTtlSeconds = 600;

/**
 * A sign-in in progress at a provider. The browser keeps `ticket` in a cookie; everything else is derived from it and
 * our secret, so that starting one writes nothing to Redis and the browser cannot know nonce or verifier.
 */
export interface ProviderAttempt {
  readonly ticket: string;
  readonly providerId: string;
  readonly expiresAtMs: number;
  /** The code that the person was about to decide on, or empty. */
  readonly userCode: string;
  /** The word for the account page that they were about to see, or empty. */
  readonly next: string;
  /** The session that wants to link who comes back, or empty for a sign-in. */
  readonly session: string;
  /** Whether somebody who is signed in is to prove again who they are. */
  readonly again: boolean;
  /** Proves the ticket: only the browser that holds the ticket can return with it. (RFC 6749 §10.12) */
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** The page that the person returns to, or the session that links; and whether they are to prove again who they are. No word contains a dot. */
export interface PendingPurpose {
  readonly userCode?: string | undefined;
  readonly next?: string | undefined;
  readonly session?: string | undefined;
  readonly again?: boolean | undefined;
}

/** How much the clocks of a provider and of ours may differ. */
const maxClockSkewMs = 60_000;

export function beginAttempt(
  providerId: string,
  { userCode = '', next = '', session = '', again = false }: PendingPurpose,
  nowMs: number,
  keys: ServiceKeyGenerations,
): ProviderAttempt {
  const expiresAtMs = nowMs + attemptTtlSeconds * 1000;
  const random = randomBytes(32).toString('base64url');
  const ticket = [random, expiresAtMs, providerId, userCode, next, session, again ? 'again' : ''].join('.');
  return { ticket, providerId, expiresAtMs, userCode, next, session, again, ...derive(ticket, keys.current) };
}

/** The attempt of a ticket; null if the state does not prove it: altered, forged, or another browser's. */
export function recallAttempt(
  ticket: string,
  state: string,
  keys: ServiceKeyGenerations,
): ProviderAttempt | null {
  for (const generation of keyGenerations(keys)) {
    const derived = derive(ticket, generation);
    if (!sameText(derived.state, state)) continue;
    const [, expiresAt, providerId = '', userCode = '', next = '', session = '', again] = ticket.split('.');
    return {
      ticket,
      providerId,
      expiresAtMs: Number(expiresAt),
      userCode,
      next,
      session,
      again: again === 'again',
      ...derived,
    };
  }
  return null;
}

/** Whether somebody who signed in at the provider at this time was asked to for this attempt. (OpenID Connect Core §3.1.2.1, §3.1.3.7) */
export function isOfThisAttempt({ expiresAtMs }: ProviderAttempt, authenticatedAtMs: number): boolean {
  return authenticatedAtMs >= expiresAtMs - attemptTtlSeconds * 1000 - maxClockSkewMs;
}

function derive(ticket: string, keys: ServiceKeys) {
  const mac = (use: string) =>
    createHmac('sha256', keys['sign-in-attempt']).update(`${use}:${ticket}`).digest('base64url');
  return { state: mac('state'), nonce: mac('nonce'), codeVerifier: mac('code-verifier') };
}

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
