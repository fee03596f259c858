import type { Logger } from '@ravi/telemetry';
import type { Middleware } from 'koa';
import type { Authenticator } from '../access/authenticator.ts';
import type { Revocation } from '../access/revocation.ts';
import { clientAddress } from '../http/client-address.ts';
import type { RequestState } from '../http/request-state.ts';

export interface LogOutDeps {
  readonly authenticator: Authenticator;
  readonly revocation: Revocation;
  readonly logger: Logger;
}

/**
 * `POST /api/auth/logout/`: with a token, ends the login with all that came from it; with a key, that key and those that descend from
 * it; everywhere at once.
 */
export function logOut({ authenticator, revocation, logger }: LogOutDeps): Middleware<RequestState> {
  return async (ctx) => {
    const caller = await authenticator.require(ctx, 'log out');
    const { requestId } = ctx.state;
    const by = { userId: caller.userId, address: clientAddress(ctx) };
    if (caller.credential === 'token') {
      await revocation.endGrant(by, caller.grant.id, 'logged_out');
      logger.info({ grantId: caller.grant.id, requestId }, 'login ended by its program');
    } else {
      await revocation.endKey(by, caller.key, caller.grant.accountEpoch, 'logged_out');
      logger.info({ keyId: caller.key.id, requestId }, 'API key ended by its program');
    }
    ctx.status = 204;
  };
}
