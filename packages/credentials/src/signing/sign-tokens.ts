import { randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { Grant } from '../grants/grant.ts';
import { type Lifetimes, tokensEndAtMs } from '../lifetimes.ts';
import {
  audienceOf,
  scopeText,
  tokenAudiences,
  type TokenClaims,
  type TokenKind,
  tokenTypes,
} from '../tokens/token-claims.ts';
import type { SigningKey } from './key-ring.ts';

/** What tokens say of the grant they belong to. */
export type TokenGrant = Pick<
  Grant,
  | 'id'
  | 'userId'
  | 'clientId'
  | 'identityUuid'
  | 'scope'
  | 'requestedScope'
  | 'resource'
  | 'keyThumbprint'
  | 'createdAtMs'
  | 'expiresAtMs'
>;

/** Whom the tokens are for and who says so. */
export interface TokenSubject {
  readonly issuer: string;
  readonly grant: TokenGrant;
  /** Which pair of the grant it is, from 1 on. */
  readonly seq: number;
  /** The scope of the access token, where it is narrower than that of the grant. (RFC 6749 §6) */
  readonly accessScope?: string;
  readonly lifetimes: Lifetimes;
  readonly nowMs: number;
}

/** An access and a refresh JWT, ES256. */
export interface TokenPair {
  readonly access: string;
  readonly refresh: string;
  /** The `jti` of the refresh token: the one that is valid from now on. */
  readonly refreshJti: string;
  readonly accessExpiresAtMs: number;
  readonly refreshExpiresAtMs: number;
}

/** Signs a fresh pair of tokens; neither outlives the grant. (RFC 7519; RFC 9068 for the access token's form) */
export function signTokenPair(subject: TokenSubject, key: SigningKey): TokenPair {
  const refreshJti = randomUUID();
  const { accessTokenSeconds, refreshTokenIdleSeconds } = subject.lifetimes;
  const accessExpiresAt = expiry(accessTokenSeconds, subject);
  const refreshExpiresAt = expiry(refreshTokenIdleSeconds, subject);
  return {
    access: sign('access', accessExpiresAt, randomUUID(), subject, key),
    refresh: sign('refresh', refreshExpiresAt, refreshJti, subject, key),
    refreshJti,
    accessExpiresAtMs: accessExpiresAt * 1000,
    refreshExpiresAtMs: refreshExpiresAt * 1000,
  };
}

function sign(
  kind: TokenKind,
  expiresAt: number,
  jti: string,
  subject: TokenSubject,
  key: SigningKey,
): string {
  const { grant } = subject;
  const granted = scopeText(grant.scope, grant.requestedScope);
  const scope = kind === 'access' ? (subject.accessScope ?? granted) : granted;
  const claims: TokenClaims = {
    iss: subject.issuer,
    sub: String(grant.userId),
    aud: kind === 'access' ? audienceOf(grant.resource) : tokenAudiences.refresh,
    iat: Math.floor(subject.nowMs / 1000),
    exp: expiresAt,
    jti,
    client_id: grant.clientId,
    grant_id: grant.id,
    scope,
    ...(kind === 'refresh' ? { seq: subject.seq } : {}),
    ...(isForOneIdentity(grant, scope) ? { identity_uuid: grant.identityUuid } : {}),
    ...(grant.keyThumbprint === '' ? {} : { cnf: { jkt: grant.keyThumbprint } }),
  };
  const header = { alg: 'ES256', typ: tokenTypes[kind], kid: key.kid } as const;
  return jwt.sign(claims, key.privateKey, { algorithm: 'ES256', header });
}

/** Whether a token of this scope names the identity of its grant: without the account, it is good for that alone. */
function isForOneIdentity({ scope: granted, identityUuid }: TokenGrant, scope: string): boolean {
  return granted === 'identity' || (identityUuid !== '' && !scope.split(' ').includes('account'));
}

/** The second at which a token expires: after its lifetime, or sooner if the tokens of its grant end before. */
function expiry(ttlSeconds: number, { grant, lifetimes, nowMs }: TokenSubject): number {
  const issuedAt = Math.floor(nowMs / 1000);
  const endsAtMs = tokensEndAtMs(grant, lifetimes);
  if (endsAtMs === null) return issuedAt + ttlSeconds;
  return issuedAt + Math.max(1, Math.min(ttlSeconds, Math.floor((endsAtMs - nowMs) / 1000)));
}
