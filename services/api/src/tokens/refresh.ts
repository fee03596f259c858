import type { AuditLog } from '@ravi/audit';
import type { TokenVerifier } from '@ravi/credentials';
import type { PresentingClient } from '@ravi/device-login';
import type { Clock } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type { Credentials } from '../access/credentials.ts';
import type { Revocation } from '../access/revocation.ts';
import type { Call } from '../http/call.ts';
import type { Limits } from '../limits/limits.ts';
import type { Minting, RefreshedTokens } from './minting.ts';
import { isSameScope } from './scope.ts';

export interface RefreshDeps {
  readonly tokenVerifier: TokenVerifier;
  readonly minting: Minting;
  readonly credentials: Credentials;
  readonly revocation: Revocation;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: AuditLog;
}

/** A refresh token, by which client it is presented, and for which scope; undefined asks for the one that was granted. */
export interface PresentedRefreshToken {
  readonly text: string;
  readonly client: PresentingClient;
  readonly scope?: string | undefined;
}

/** What a presented refresh token gets. */
export type RefreshResult =
  | { readonly kind: 'refreshed'; readonly tokens: RefreshedTokens; readonly scope: string }
  /** It was used before: a copy exists, and the grant has just ended. */
  | { readonly kind: 'reused' }
  /** It is unknown, expired or revoked, or another client's. */
  | { readonly kind: 'invalid' }
  /** It is bound to a key that was not proven. (RFC 9449 §5) */
  | { readonly kind: 'unproven' }
  /** A refresh gives the scope that was granted, and this is another. */
  | { readonly kind: 'otherScope' };

/**
 * A new pair for the latest refresh token of a client; the same pair when it is presented again within 10 s, after a lost answer.
 * An older token is a copy, and ends the login with all that came from it. Throws 429 over the pace of refreshes. (RFC 6749 §6, RFC 9700 §4.14.2)
 */
export async function refresh(
  { tokenVerifier, minting, credentials, revocation, limits, clock, logger, audit }: RefreshDeps,
  { requestId, address }: Call,
  { text, client, scope }: PresentedRefreshToken,
): Promise<RefreshResult> {
  const claims = await tokenVerifier.verify(text, 'refresh', clock.nowMs());
  if (claims?.client_id !== client.id) return { kind: 'invalid' };
  if (claims.cnf && claims.cnf.jkt !== client.keyThumbprint) return { kind: 'unproven' };
  if (scope !== undefined && !isSameScope(scope, claims.scope)) return { kind: 'otherScope' };
  await limits.admitRefresh(claims.grant_id, Number(claims.sub));
  // Both in one round trip: a grant of an epoch that ended is not refreshed any more.
  const [refreshment, grant] = await Promise.all([
    minting.refresh(text, claims, client.keyThumbprint),
    credentials.findGrant(claims),
  ]);
  if (grant === null && refreshment.kind === 'refreshed') return { kind: 'invalid' };
  const about = { grant: claims.grant_id, user: Number(claims.sub), address };
  switch (refreshment.kind) {
    case 'refreshed':
      logger.info({ grantId: claims.grant_id, requestId }, 'tokens refreshed');
      audit.note({ event: 'refreshed', ...about });
      return { kind: 'refreshed', tokens: refreshment.tokens, scope: claims.scope };
    case 'reused':
      logger.warn({ grantId: claims.grant_id, requestId }, 'an old refresh token was used; the grant ends');
      audit.note({ event: 'reuse_detected', ...about });
      revocation.grantEndedByReuse(claims.grant_id);
      return { kind: 'reused' };
    case 'ended':
    case 'unknown':
      return { kind: 'invalid' };
  }
}
