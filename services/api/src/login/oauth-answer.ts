import type { OAuthTokenSuccess } from '@ravi/contract';
import { type GrantStore, type IssuedLogin, leastRefreshGraceSeconds } from '@ravi/credentials';
import type { Minting } from '../tokens/minting.ts';
import { secondsLeft, tokenSuccess } from '../tokens/token-success.ts';

/** The answer of a login of an OAuth 2.0 client, with what is left of its access token. */
export function withExpiry(
  { answer, accessExpiresAtMs }: Pick<IssuedLogin, 'answer' | 'accessExpiresAtMs'>,
  nowMs: number,
): string {
  const tokens = JSON.parse(answer) as Omit<OAuthTokenSuccess, 'expires_in'>;
  return JSON.stringify({ ...tokens, expires_in: secondsLeft(accessExpiresAtMs, nowMs) });
}

/**
 * How long bound tokens are handed over again: less than the time for which a refresh token that is sent again gets the same pair, whatever
 * `REFRESH_GRACE_SECONDS` says. Later it would count as reuse, and end the login.
 */
const sameAnswerMs = (leastRefreshGraceSeconds - 2) * 1000;

/**
 * The answer with tokens that are bound to a key, for a client that first proves its key after the login was issued: the issued
 * tokens are refreshed into bound ones before they are handed over. Null if their grant has ended, or if bound tokens were handed
 * over before and have been refreshed since; that is not reuse, and ends nothing.
 */
export async function bindAnswer(
  minting: Minting,
  grants: GrantStore,
  { grant, answer }: IssuedLogin,
  keyThumbprint: string,
  nowMs: number,
): Promise<string | null> {
  const { refresh_token: token } = JSON.parse(answer) as Omit<OAuthTokenSuccess, 'expires_in'>;
  const stored = await grants.find(grant.id);
  const movedOn = stored !== null && stored.refreshJti !== grant.refreshJti;
  if (movedOn && nowMs - (stored.refreshedAtMs ?? 0) > sameAnswerMs) return null;
  const claims = { grant_id: grant.id, jti: grant.refreshJti, seq: 1 };
  const refreshment = await minting.refresh(token, claims, { keyThumbprint });
  return refreshment.kind === 'refreshed' ? JSON.stringify(tokenSuccess(refreshment.tokens, nowMs)) : null;
}
