import type { AuditLog } from '@ravi/audit';
import type { TokenClaims, TokenVerifier } from '@ravi/credentials';
import type { PresentingClient } from '@ravi/device-login';
import type { Clock } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type { Credentials } from '../access/credentials.ts';
import type { Revocation } from '../access/revocation.ts';
import type { Call } from '../http/call.ts';
import type { Limits } from '../limits/limits.ts';
import type { Minting, RefreshedTokens } from './minting.ts';
import type { OAuthClients } from './clients.ts';
import { narrowedScope } from './scope.ts';

export interface RefreshDeps {
  readonly tokenVerifier: TokenVerifier;
  readonly minting: Minting;
  readonly oauthClients: OAuthClients;
  readonly credentials: Credentials;
  readonly revocation: Revocation;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: AuditLog;
}

/** A refresh token, the client that presents it, and the scope that it asks for; undefined for the scope that was granted. */
export interface PresentedRefreshToken {
  readonly text: string;
  readonly client: PresentingClient;
  readonly scope?: string | undefined;
}

/** What a presented refresh token gets. */
export type RefreshResult =
  | { readonly kind: 'refreshed'; readonly tokens: RefreshedTokens }
  /** It was used before: a copy exists, and the grant has just ended. */
  | { readonly kind: 'reused' }
  /** It is unknown, expired or revoked, or another client's. */
  | { readonly kind: 'invalid' }
  /** It is bound to a key that was not proven. (RFC 9449 §5) */
  | { readonly kind: 'unproven' }
  /** More was asked for than was granted. (RFC 6749 §6) */
  | { readonly kind: 'otherScope' }
  /** Another service was named than the one that was granted. (RFC 8707 §2.2) */
  | { readonly kind: 'otherResource' };

/**
 * A new pair for the latest refresh token of a client; the same pair when it is presented again within `REFRESH_GRACE_SECONDS`, after
 * a lost answer. An older token is a copy, and ends the login with all that came from it. Throws 429 if the login or its account is
 * refreshed too often, and `NotReplicated` as long as the end of the login may still be lost. (RFC 6749 §6, RFC 9700 §4.14.2)
 */
export async function refresh(
  deps: RefreshDeps,
  { requestId, address }: Call,
  { text, client, scope }: PresentedRefreshToken,
): Promise<RefreshResult> {
  const { tokenVerifier, minting, credentials, revocation, limits, clock, logger, audit } = deps;
  const claims = await tokenVerifier.verify(text, 'refresh', clock.nowMs());
  if (claims?.client_id !== client.id) return { kind: 'invalid' };
  if (claims.cnf && claims.cnf.jkt !== client.keyThumbprint) return { kind: 'unproven' };
  await limits.admitRefresh(claims.grant_id, Number(claims.sub));
  const terms = await readTerms(deps, claims, scope, client.resource);
  if (terms.kind !== 'granted') return terms;
  // Both in one round trip: a grant of an epoch that ended is not refreshed any more.
  const [refreshment, grant] = await Promise.all([
    minting.refresh(text, claims, { keyThumbprint: client.keyThumbprint, ...terms.narrower }),
    credentials.findGrant(claims),
  ]);
  const about = { grant: claims.grant_id, user: Number(claims.sub), address };
  switch (refreshment.kind) {
    case 'refreshed':
      if (grant === null) return { kind: 'invalid' };
      credentials.noteRefresh(grant);
      logger.info({ grantId: claims.grant_id, requestId }, 'tokens refreshed');
      audit.note({ event: 'refreshed', ...about });
      return { kind: 'refreshed', tokens: refreshment.tokens };
    case 'reused':
      logger.warn({ grantId: claims.grant_id, requestId }, 'an old refresh token was used; the grant ends');
      audit.note({ event: 'reuse_detected', ...about });
      await revocation.grantEndedByReuse(claims.grant_id);
      return { kind: 'reused' };
    case 'ended':
      // Perhaps by an earlier try of this request, when too few replicas confirmed that.
      await revocation.grantEndReplicated(claims.grant_id);
      return { kind: 'invalid' };
    case 'unknown':
      return { kind: 'invalid' };
  }
}

/** What a refresh may give. */
type Terms =
  | { readonly kind: 'granted'; readonly narrower: { readonly accessScope?: string } }
  | Extract<RefreshResult, { kind: 'otherScope' | 'otherResource' }>;

/** Compares what a request names with what was granted, before anything is written. A request that names nothing costs no look-up. */
async function readTerms(
  { credentials, oauthClients }: Pick<RefreshDeps, 'credentials' | 'oauthClients'>,
  claims: TokenClaims,
  scope: string | undefined,
  resource: string | undefined,
): Promise<Terms> {
  if (scope === undefined && resource === undefined) return { kind: 'granted', narrower: {} };
  const grant = await credentials.findGrant(claims);
  // If it has ended, the refresh itself tells: it knows whether the token was used before.
  if (grant === null) return { kind: 'granted', narrower: {} };
  if (resource !== undefined && resource !== grant.resource) return { kind: 'otherResource' };
  if (scope === undefined) return { kind: 'granted', narrower: {} };
  const accessScope = narrowedScope(scope, grant, oauthClients.scopes);
  if (accessScope === null) return { kind: 'otherScope' };
  return { kind: 'granted', narrower: accessScope === undefined ? {} : { accessScope } };
}
