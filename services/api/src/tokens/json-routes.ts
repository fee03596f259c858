import type { TokenRefreshSuccess } from '@ravi/contract';
import { firstPartyClientId } from '@ravi/credentials';
import type { Middleware } from 'koa';
import { z } from 'zod';
import type { Authenticator } from '../access/authenticator.ts';
import type { Operation } from '../http/call.ts';
import { clientAddress } from '../http/client-address.ts';
import { parseBody, text } from '../http/parse-body.ts';
import { Problem } from '../http/problem.ts';
import type { RequestState } from '../http/request-state.ts';
import type { Routes } from '../http/routes.ts';
import { jsonFormat } from '../http/wire-format.ts';
import { logOut, type LogOutDeps } from './log-out.ts';
import { refresh, type RefreshDeps } from './refresh.ts';

export interface JsonApiDeps extends RefreshDeps, LogOutDeps {
  readonly authenticator: Authenticator;
}

/** Mounts the JSON API's calls about tokens. */
export function mountJsonApi(routes: Routes, deps: JsonApiDeps): void {
  routes.call('/api/auth/token/refresh', refreshTokens(deps), jsonFormat);
  routes.router.post('/api/auth/logout', endOwnCredential(deps));
}

const refreshInput = z.object({ refresh: text(1, 4096) });

/** Programs of the JSON API have no client_id; tokens of an OAuth client are refreshed at the token endpoint of the OAuth API. */
const firstParty = { id: firstPartyClientId, keyThumbprint: '' };

/** `POST /api/auth/token/refresh/`: a new pair for the latest refresh token. */
function refreshTokens(deps: RefreshDeps): Operation {
  return async (call, body) => {
    const input = parseBody(refreshInput, body);
    const result = await refresh(deps, call, { text: input.refresh, client: firstParty });
    switch (result.kind) {
      case 'refreshed': {
        const { access, refresh: next } = result.tokens;
        const answer: TokenRefreshSuccess = { access, refresh: next };
        return call.reply.send(200, JSON.stringify(answer), 'Pragma', 'no-cache');
      }
      case 'reused':
        throw new Problem(
          'invalid_token',
          'This refresh token was used before, so this login has ended, with all its tokens and keys. Log in again.',
        );
      case 'invalid':
      case 'unproven':
      case 'otherScope':
      case 'otherResource':
        throw new Problem(
          'invalid_token',
          'This refresh token is unknown, expired or revoked. Log in again.',
        );
    }
  };
}

/** `POST /api/auth/logout/`: ends the credential that is presented, with all that came from it. */
function endOwnCredential(deps: JsonApiDeps): Middleware<RequestState> {
  return async (ctx) => {
    const caller = await deps.authenticator.require(ctx, 'log out');
    const key = caller.credential === 'key' ? caller.key : null;
    const { requestId } = ctx.state;
    await logOut(deps, { requestId, address: clientAddress(ctx) }, { grant: caller.grant, key });
    ctx.status = 204;
  };
}
