import type { AuditLog } from '@ravi/audit';
import type { TokenRefreshSuccess } from '@ravi/contract';
import { firstPartyClientId, type TokenVerifier } from '@ravi/credentials';
import type { Clock } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type { Middleware } from 'koa';
import { z } from 'zod';
import { clientAddress } from '../http/client-address.ts';
import type { RequestState } from '../http/request-scope.ts';
import type { Minting } from './minting.ts';
import { Problem } from '../http/problem.ts';
import { parseBody, text } from '../http/parse-body.ts';

/** What refreshing needs. */
export interface RefreshTokensDeps {
  readonly tokens: TokenVerifier;
  readonly minting: Minting;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: AuditLog;
}

const refreshInput = z.object({ refresh: text(1, 4096) });

/**
 * `POST /api/auth/token/refresh/`: a new pair for the latest refresh token. Each may be used once; the same one again within
 * 10 s, after a lost answer, gets the same pair; later it is a copy, and ends the login's tokens. (RFC 9700 §4.14.2)
 */
export function refreshTokens({
  tokens,
  minting,
  clock,
  logger,
  audit,
}: RefreshTokensDeps): Middleware<RequestState> {
  return async (ctx) => {
    const { refresh } = parseBody(refreshInput, ctx.request.body);
    const claims = await tokens.verify(refresh, 'refresh', clock.nowMs());
    // What an OAuth 2.0 client got is refreshed where that client, and the key to which it may be bound, are looked at.
    if (claims?.client_id !== firstPartyClientId || claims.cnf) throw refused();
    const refreshment = await minting.refresh(refresh, claims);
    const grantId = claims.grant_id;
    const about = { grant: grantId, user: Number(claims.sub), address: clientAddress(ctx) };
    switch (refreshment.kind) {
      case 'refreshed': {
        logger.info({ grantId, requestId: ctx.state.requestId }, 'tokens refreshed');
        audit.note({ event: 'refreshed', ...about });
        const { access, refresh: next } = refreshment.tokens;
        ctx.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' });
        ctx.body = { access, refresh: next } satisfies TokenRefreshSuccess;
        return;
      }
      case 'reused':
        logger.warn(
          { grantId, requestId: ctx.state.requestId },
          'an old refresh token was used; the grant ends',
        );
        audit.note({ event: 'reuse_detected', ...about });
        throw new Problem(
          'invalid_token',
          'This refresh token was used before, so all tokens of this login have ended. Log in again.',
        );
      case 'ended':
      case 'unknown':
        throw refused();
    }
  };
}

const refused = () =>
  new Problem('invalid_token', 'This refresh token is unknown, expired or revoked. Log in again.');
