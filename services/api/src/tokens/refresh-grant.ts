import type { AuditLog } from '@ravi/audit';
import type { TokenVerifier } from '@ravi/credentials';
import type { PresentingClient } from '@ravi/device-login';
import type { Clock } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type { ParameterizedContext } from 'koa';
import { clientAddress } from '../http/client-address.ts';
import type { RequestState } from '../http/request-scope.ts';
import type { Minting } from './minting.ts';
import { Problem } from '../http/problem.ts';
import { type Parameters, required } from './parameters.ts';
import { requireSameScope } from './scope.ts';
import { tokenSuccess } from './token-success.ts';

/** What refreshing needs. */
export interface RefreshDeps {
  readonly tokens: TokenVerifier;
  readonly minting: Minting;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: AuditLog;
}

/**
 * A new pair for the latest refresh token of this client; the same pair when it is presented again within 10 s. An older token
 * ends the grant. A token that is bound to a key needs its proof. (RFC 6749 §6, RFC 9700 §4.14.2, RFC 9449 §5)
 */
export async function refresh(
  { tokens, minting, clock, logger, audit }: RefreshDeps,
  ctx: ParameterizedContext<RequestState>,
  parameters: Parameters,
  client: PresentingClient,
): Promise<void> {
  const token = required(parameters, 'refresh_token');
  const claims = await tokens.verify(token, 'refresh', clock.nowMs());
  if (claims?.client_id !== client.id) throw refused();
  if (claims.cnf && claims.cnf.jkt !== client.keyThumbprint) {
    throw new Problem('invalid_grant', 'This refresh token is bound to a key; send a DPoP proof of it.');
  }
  requireSameScope(parameters['scope'], claims.scope);
  const refreshment = await minting.refresh(token, claims, client.keyThumbprint);
  const note = { grantId: claims.grant_id, requestId: ctx.state.requestId };
  const about = { grant: claims.grant_id, user: Number(claims.sub), address: clientAddress(ctx) };
  switch (refreshment.kind) {
    case 'refreshed':
      logger.info(note, 'tokens refreshed');
      audit.note({ event: 'refreshed', ...about });
      ctx.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' });
      ctx.body = tokenSuccess(refreshment.tokens, claims.scope);
      return;
    case 'reused':
      logger.warn(note, 'an old refresh token was used; the grant ends');
      audit.note({ event: 'reuse_detected', ...about });
      throw refused();
    case 'ended':
    case 'unknown':
      throw refused();
  }
}

const refused = () =>
  new Problem('invalid_grant', 'This refresh token is unknown, expired, used or revoked. Log in again.');
