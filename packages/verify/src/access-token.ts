import jwt from 'jsonwebtoken';
import type { KeySet } from './key-set.ts';
import type { Credential } from './verification.ts';
import { isUserId } from './user-id.ts';

/** Maximum length of a token; ours are under 1 KB. */
const maxLength = 8_192;

export interface AccessTokenDeps {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: KeySet;
  readonly nowMs: () => number;
  readonly clockToleranceSeconds: number;
}

/** A token whose signature, issuer, audience, type and times are valid. */
export interface ValidToken {
  readonly credential: Credential;
  /** The thumbprint of the key to which it is bound. (RFC 9449 §6) */
  readonly boundTo: string | null;
}

/**
 * Checks an access token. Null if it is not one of ours; rejects if the keys cannot be fetched. The token's own key fields
 * (`jwk`, `jku`, `x5u`) are never used. (RFC 9068 §4, RFC 8725)
 */
export async function checkAccessToken(deps: AccessTokenDeps, token: string): Promise<ValidToken | null> {
  const kid = token.length > maxLength ? null : kidOf(token);
  if (kid === null) return null;
  const key = await deps.keys.find(kid);
  if (!key) return null;
  try {
    const claims = jwt.verify(token, key, {
      algorithms: ['ES256'],
      issuer: deps.issuer,
      audience: deps.audience,
      clockTimestamp: Math.floor(deps.nowMs() / 1000),
      clockTolerance: deps.clockToleranceSeconds,
    });
    return typeof claims === 'string' ? null : readClaims(claims);
  } catch {
    return null;
  }
}

/** The `kid`, if the header is that of one of our access tokens. A header with `crit` is not. (RFC 7515 §4.1.11) */
function kidOf(token: string): string | null {
  try {
    const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as Record<
      string,
      unknown
    > | null;
    const type = header?.['typ'];
    const isAccessToken = typeof type === 'string' && /^(application\/)?at\+jwt$/i.test(type);
    const { alg, kid, crit } = header ?? {};
    return isAccessToken && alg === 'ES256' && typeof kid === 'string' && crit === undefined ? kid : null;
  } catch {
    return null;
  }
}

/** The claims that RFC 9068 §2.2 requires, and ours. */
function readClaims(claims: jwt.JwtPayload): ValidToken | null {
  const { sub, exp, iat, jti, client_id: clientId, grant_id: grantId, identity_uuid: identityUuid } = claims;
  const scope: unknown = claims['scope'] ?? '';
  const bound = claims['cnf'] as { readonly jkt?: unknown } | null | undefined;
  if (!isUserId(sub ?? '') || exp === undefined || iat === undefined || jti === undefined) return null;
  if (typeof clientId !== 'string' || typeof scope !== 'string') return null;
  // Bound in an unknown way: it must not pass as unbound.
  if (bound !== undefined && typeof bound?.jkt !== 'string') return null;
  const credential: Credential = {
    kind: 'access',
    userId: Number(sub),
    ...(typeof grantId === 'string' ? { grantId } : {}),
    ...(typeof identityUuid === 'string' ? { identityUuid } : {}),
    scope,
    clientId,
    expiresAt: new Date(exp * 1000),
  };
  return { credential, boundTo: typeof bound?.jkt === 'string' ? bound.jkt : null };
}
