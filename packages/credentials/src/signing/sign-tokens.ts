import { randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { Grant } from '../grants/grant.ts';
import {
  accessTokenTtlSeconds,
  refreshTokenTtlSeconds,
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
  'id' | 'userId' | 'clientId' | 'identityUuid' | 'scope' | 'requestedScope' | 'keyThumbprint' | 'expiresAtMs'
>;

/** Whom the tokens are for and who says so. */
export interface TokenSubject {
  readonly issuer: string;
  readonly grant: TokenGrant;
  readonly nowMs: number;
}

/** An access and a refresh JWT, ES256. */
export interface TokenPair {
  readonly access: string;
  readonly refresh: string;
  /** The `jti` of the refresh token: the one that is valid from now on. */
  readonly refreshJti: string;
  /** Seconds until the access token expires. */
  readonly expiresInSeconds: number;
}

/** Signs a fresh pair of tokens; neither outlives the grant. (RFC 7519; RFC 9068 for the access token's form) */
export function signTokenPair(subject: TokenSubject, key: SigningKey): TokenPair {
  const refreshJti = randomUUID();
  const access = sign('access', accessTokenTtlSeconds, randomUUID(), subject, key);
  const refresh = sign('refresh', refreshTokenTtlSeconds, refreshJti, subject, key);
  return {
    access,
    refresh,
    refreshJti,
    expiresInSeconds: secondsLeft(accessTokenTtlSeconds, subject),
  };
}

function sign(
  kind: TokenKind,
  ttlSeconds: number,
  jti: string,
  subject: TokenSubject,
  key: SigningKey,
): string {
  const { grant } = subject;
  const issuedAt = Math.floor(subject.nowMs / 1000);
  const claims: TokenClaims = {
    iss: subject.issuer,
    sub: String(grant.userId),
    aud: tokenAudiences[kind],
    iat: issuedAt,
    exp: issuedAt + secondsLeft(ttlSeconds, subject),
    jti,
    client_id: grant.clientId,
    grant_id: grant.id,
    scope: scopeText(grant.scope, grant.requestedScope),
    ...(grant.scope === 'identity' ? { identity_uuid: grant.identityUuid } : {}),
    ...(grant.keyThumbprint === '' ? {} : { cnf: { jkt: grant.keyThumbprint } }),
  };
  const header = { alg: 'ES256', typ: tokenTypes[kind], kid: key.kid } as const;
  return jwt.sign(claims, key.privateKey, { algorithm: 'ES256', header });
}

/** A token's lifetime, or what is left of its grant's. */
function secondsLeft(ttlSeconds: number, { grant, nowMs }: TokenSubject): number {
  if (grant.expiresAtMs === null) return ttlSeconds;
  return Math.max(1, Math.min(ttlSeconds, Math.floor((grant.expiresAtMs - nowMs) / 1000)));
}
