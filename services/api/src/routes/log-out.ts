import type { AuditLog } from '@ravi/audit';
import type { ApiKeyStore, GrantStore } from '@ravi/credentials';
import type { Clock } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type { Middleware } from 'koa';
import type { Authenticator } from '../access/authenticator.ts';
import { clientAddress } from '../client-address.ts';
import type { RequestState } from '../middleware/request-scope.ts';

/** What logging out needs. */
export interface LogOutDeps {
  readonly authenticator: Authenticator;
  readonly grants: GrantStore;
  readonly apiKeys: ApiKeyStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: AuditLog;
}

/** `POST /api/auth/logout/`: ends the tokens of the login, or the key, that was presented; everywhere at once. */
export function logOut({
  authenticator,
  grants,
  apiKeys,
  clock,
  logger,
  audit,
}: LogOutDeps): Middleware<RequestState> {
  return async (ctx) => {
    const caller = await authenticator.require(ctx, 'log out');
    const { requestId } = ctx.state;
    const about = { user: caller.userId, reason: 'logged_out', address: clientAddress(ctx) };
    if (caller.credential === 'token') {
      await grants.end(caller.grant.id, caller.userId, 'logged_out', clock.nowMs());
      logger.info({ grantId: caller.grant.id, requestId }, 'tokens ended by their program');
      audit.note({ event: 'grant_ended', grant: caller.grant.id, ...about });
    } else {
      await apiKeys.revoke(caller.key.hash, caller.userId, 'logged_out', clock.nowMs());
      logger.info({ keyId: caller.key.id, requestId }, 'API key ended by its program');
      audit.note({ event: 'key_revoked', key: caller.key.id, ...about });
    }
    ctx.status = 204;
  };
}
