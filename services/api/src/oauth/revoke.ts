import type { AuditLog } from '@ravi/audit';
import { type ApiKeyStore, firstPartyClientId, type GrantStore } from '@ravi/credentials';
import type { Clock } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type { Middleware } from 'koa';
import type { Credentials } from '../access/credentials.ts';
import { clientAddress } from '../client-address.ts';
import type { RequestState } from '../middleware/request-scope.ts';
import { Problem } from '../problem.ts';
import type { OAuthClients } from './clients.ts';
import { namedClientId, unknownClient } from './identify-client.ts';
import { parametersOf, required } from './parameters.ts';

/** What revoking needs. */
export interface RevokeDeps {
  readonly oauthClients: OAuthClients;
  readonly credentials: Credentials;
  readonly grants: GrantStore;
  readonly apiKeys: ApiKeyStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: AuditLog;
}

/**
 * `POST /oauth/revoke`: ends the tokens of the grant behind either of them, or an API key; everywhere at once. 200 for what is
 * no valid credential, `invalid_grant` for a token of another client. An API key has no client: whoever holds it may revoke
 * it. (RFC 7009)
 */
export function revoke(deps: RevokeDeps): Middleware<RequestState> {
  const { oauthClients, credentials, grants, apiKeys, clock, logger, audit } = deps;
  return async (ctx) => {
    const parameters = parametersOf(ctx);
    const token = required(parameters, 'token');
    const clientId = namedClientId(ctx, parameters);
    // Programs of the JSON calls have no client_id of their own; theirs is the one that their tokens carry.
    if (clientId !== firstPartyClientId && !oauthClients.find(clientId)) throw unknownClient();
    const found = await credentials.find(token);
    const { requestId } = ctx.state;
    const about = { reason: 'logged_out', address: clientAddress(ctx) };
    if (found?.kind === 'key') {
      const { key } = found;
      await apiKeys.revoke(key.hash, key.userId, 'logged_out', clock.nowMs());
      logger.info({ keyId: key.id, requestId }, 'API key ended by its program');
      audit.note({ event: 'key_revoked', key: key.id, user: key.userId, ...about });
    } else if (found) {
      const { claims, grant } = found;
      if (claims.client_id !== clientId) {
        throw new Problem('invalid_grant', 'This token was issued to another client.');
      }
      await grants.end(grant.id, grant.userId, 'logged_out', clock.nowMs());
      logger.info({ grantId: grant.id, requestId }, 'tokens ended by their program');
      audit.note({ event: 'grant_ended', grant: grant.id, user: grant.userId, ...about });
    }
    ctx.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' });
    ctx.status = 200;
    ctx.body = '';
  };
}
