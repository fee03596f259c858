import { firstPartyClientId } from '@ravi/credentials';
import type { Credentials } from '../access/credentials.ts';
import type { Operation } from '../http/call.ts';
import { Problem } from '../http/problem.ts';
import type { OAuthClients } from './clients.ts';
import { namedClientId, unknownClient } from './identify-client.ts';
import { logOut, type LogOutDeps } from './log-out.ts';
import { parametersOf, required } from './parameters.ts';

export interface RevokeDeps extends LogOutDeps {
  readonly oauthClients: OAuthClients;
  readonly credentials: Credentials;
}

/**
 * `POST /oauth/revoke`: ends the login behind either of its tokens with all that came from it, or an API key with those that descend
 * from it; everywhere at once. 200 for what is no valid credential, `invalid_grant` for a token of another client. An API key has
 * no client: everybody who holds it may revoke it. (RFC 7009)
 */
export function revoke(deps: RevokeDeps): Operation {
  const { oauthClients, credentials } = deps;
  return async (call, body) => {
    const parameters = parametersOf(body);
    const token = required(parameters, 'token');
    const clientId = namedClientId(call, parameters);
    // Programs of the JSON calls have no client_id of their own; theirs is the one that their tokens carry.
    if (clientId !== firstPartyClientId && !oauthClients.find(clientId)) throw unknownClient();
    const found = await credentials.find(token);
    if (found === null) {
      // An earlier try of this request may have ended it, when too few replicas confirmed that.
      await credentials.endReplicated(token);
    } else {
      const key = found.kind === 'key' ? found.key : null;
      if (found.kind !== 'key' && found.claims.client_id !== clientId) {
        throw new Problem('invalid_grant', 'This token was issued to another client.');
      }
      await logOut(deps, call, { grant: found.grant, key });
    }
    call.reply.send(200, '{}', 'Pragma', 'no-cache');
  };
}
