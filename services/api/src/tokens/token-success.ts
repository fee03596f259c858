import type { OAuthTokenSuccess } from '@ravi/contract';
import type { RefreshedTokens } from './minting.ts';

/** Tokens as OAuth 2.0 clients get them. (RFC 6749 §5.1, RFC 9449 §5) */
export function tokenSuccess(tokens: RefreshedTokens, nowMs: number): OAuthTokenSuccess {
  return {
    access_token: tokens.access,
    token_type: tokens.keyThumbprint === '' ? 'Bearer' : 'DPoP',
    expires_in: secondsLeft(tokens.accessExpiresAtMs, nowMs),
    refresh_token: tokens.refresh,
    scope: tokens.scope,
  };
}

/** What is left of a token when it is handed over: an answer may have waited for its client. (RFC 6749 §5.1) */
export function secondsLeft(expiresAtMs: number, nowMs: number): number {
  return Math.max(0, Math.floor((expiresAtMs - nowMs) / 1000));
}
