import type { GrantScope } from '../grants/grant.ts';

/**
 * `typ` in the header of each token, so that one never passes as the other. (RFC 9068 §2.1 names the first;
 * RFC 8725 §3.11 asks for the distinction)
 */
export const tokenTypes = { access: 'at+jwt', refresh: 'rt+jwt' } as const;

/** The audience of each token: of an access token our own API, unless it is for another service; of a refresh token our own refresh call. */
export const tokenAudiences = { access: 'ravi-api', refresh: 'ravi-refresh' } as const;

export type TokenKind = keyof typeof tokenTypes;

/** The `client_id` of programs that log in through the JSON calls and have none of their own. (RFC 9068 §2.2) */
export const firstPartyClientId = 'ravi-device';

/** What both tokens say. (RFC 9068 §2.2; RFC 9449 §6 for `cnf`) */
export interface TokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  readonly client_id: string;
  /** The grant that the token belongs to: the token is valid while it is active. */
  readonly grant_id: string;
  readonly scope: string;
  /** Of a refresh token: its number in the sequence of its grant, from 1 on. One that is newer than its record outlived a lost write. */
  readonly seq?: number;
  /** With the scope `identity`: which one. */
  readonly identity_uuid?: string;
  /** The key whose holder may use the token. */
  readonly cnf?: { readonly jkt: string };
}

/** The scopes by which a human grants the account, or one identity of it. */
export const grantScopes: readonly GrantScope[] = ['account', 'identity'];

/** The scope as tokens carry it: what the human granted of the account, then what else the client asked for. (RFC 6749 §3.3) */
export function scopeText(scope: GrantScope, requestedScope: string): string {
  const others = requestedScope
    .split(' ')
    .filter((word) => word !== '' && !grantScopes.some((known) => known === word));
  return [scope, ...others].join(' ');
}

/** The audience of access tokens for a resource; empty stands for our own API. (RFC 8707 §2) */
export function audienceOf(resource: string): string {
  return resource === '' ? tokenAudiences.access : resource;
}

/** What comes of a human's grant and a client's request: the narrower of the two. */
export function narrowerScope(granted: GrantScope, requestedScope: string): GrantScope {
  const words = requestedScope.split(' ');
  return words.includes('identity') && !words.includes('account') ? 'identity' : granted;
}
