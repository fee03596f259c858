import type { ApiKeyStore, GrantStore } from '@ravi/credentials';
import type { Clock } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type { Middleware } from 'koa';
import type { Authenticator } from '../access/authenticator.ts';
import type { RequestState } from '../middleware/request-scope.ts';

/** What logging out needs. */
export interface LogOutDeps {
  readonly authenticator: Authenticator;
  readonly grants: GrantStore;
  readonly apiKeys: ApiKeyStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** `POST /api/auth/logout/`: ends the tokens of the login, or the key, that was presented; everywhere at once. */
export function logOut({
  authenticator,
  grants,
  apiKeys,
  clock,
  logger,
}: LogOutDeps): Middleware<RequestState> {
  return async (ctx) => {
    const caller = await authenticator.require(ctx, 'log out');
    const { requestId } = ctx.state;
    if (caller.credential === 'token') {
      await grants.end(caller.grant.id, caller.userId, 'logged_out', clock.nowMs());
      logger.info({ grantId: caller.grant.id, requestId }, 'tokens ended by their program');
    } else {
      await apiKeys.revoke(caller.key.hash, caller.userId, 'logged_out', clock.nowMs());
      logger.info({ keyId: caller.key.id, requestId }, 'API key ended by its program');
    }
    ctx.status = 204;
  };
}
