import { randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import {
  accessTokenTtlSeconds,
  refreshTokenTtlSeconds,
  tokenAudiences,
  tokenTypes,
} from '../token-claims.ts';
import type { SigningKey } from './key-ring.ts';

/** Whom the tokens are for and who says so. */
export interface TokenSubject {
  readonly issuer: string;
  readonly userId: number;
  readonly nowMs: number;
}

/** An access and a refresh JWT, ES256. */
export interface TokenPair {
  readonly access: string;
  readonly refresh: string;
}

/** Signs a fresh pair of tokens. (RFC 7519; RFC 9068 for the access token's form) */
export function signTokenPair(subject: TokenSubject, key: SigningKey): TokenPair {
  return {
    access: sign('access', accessTokenTtlSeconds, subject, key),
    refresh: sign('refresh', refreshTokenTtlSeconds, subject, key),
  };
}

function sign(
  kind: 'access' | 'refresh',
  ttlSeconds: number,
  subject: TokenSubject,
  key: SigningKey,
): string {
  const issuedAt = Math.floor(subject.nowMs / 1000);
  const claims = {
    iss: subject.issuer,
    sub: String(subject.userId),
    aud: tokenAudiences[kind],
    iat: issuedAt,
    exp: issuedAt + ttlSeconds,
    jti: randomUUID(),
  };
  const header = { alg: 'ES256', typ: tokenTypes[kind], kid: key.kid } as const;
  return jwt.sign(claims, key.privateKey, { algorithm: 'ES256', header });
}
