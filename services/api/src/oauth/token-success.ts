import type { OAuthTokenSuccess } from '@ravi/contract';
import type { IssuedLogin } from '@ravi/credentials';
import type { Minting, RefreshedTokens } from '../minting/minting.ts';

/** Tokens as OAuth 2.0 clients get them. (RFC 6749 §5.1, RFC 9449 §5) */
export function tokenSuccess(
  tokens: RefreshedTokens,
  keyThumbprint: string,
  scope: string,
): OAuthTokenSuccess {
  return {
    access_token: tokens.access,
    token_type: keyThumbprint === '' ? 'Bearer' : 'DPoP',
    expires_in: tokens.expiresInSeconds,
    refresh_token: tokens.refresh,
    scope,
  };
}

/**
 * The answer of a login with tokens that are bound to a key. For a client that proves its key only once the login was issued: the
 * tokens that were made for it are refreshed before they are handed over. Null when they have ended.
 */
export async function bindAnswer(
  minting: Minting,
  { grant, answer }: IssuedLogin,
  keyThumbprint: string,
): Promise<string | null> {
  const { refresh_token: token, scope } = JSON.parse(answer) as OAuthTokenSuccess;
  const claims = { grant_id: grant.id, jti: grant.refreshJti };
  const refreshment = await minting.refresh(token, claims, keyThumbprint);
  return refreshment.kind === 'refreshed'
    ? JSON.stringify(tokenSuccess(refreshment.tokens, keyThumbprint, scope))
    : null;
}
