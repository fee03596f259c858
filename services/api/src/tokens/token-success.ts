import type { OAuthTokenSuccess } from '@ravi/contract';
import type { RefreshedTokens } from './minting.ts';

/** Tokens as OAuth 2.0 clients get them. (RFC 6749 §5.1, RFC 9449 §5) */
export function tokenSuccess(tokens: RefreshedTokens, scope: string): OAuthTokenSuccess {
  return {
    access_token: tokens.access,
    token_type: tokens.keyThumbprint === '' ? 'Bearer' : 'DPoP',
    expires_in: tokens.expiresInSeconds,
    refresh_token: tokens.refresh,
    scope,
  };
}
