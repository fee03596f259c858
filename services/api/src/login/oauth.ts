import type { Operation } from '../http/call.ts';
import type { Routes } from '../http/routes.ts';
import type { OAuthClients } from '../tokens/clients.ts';
import type { GrantType } from '../tokens/grant-types.ts';
import { namedClientId, unknownClient } from '../tokens/identify-client.ts';
import { oauthFormat } from '../tokens/oauth-format.ts';
import { parametersOf, required } from '../tokens/parameters.ts';
import { requestedScope } from '../tokens/scope.ts';
import { collect, type CollectDeps } from './collect.ts';
import { preferredWaitSeconds } from './preferred-wait.ts';
import { startLogin, type StartDeps } from './start.ts';

export interface OAuthApiDeps extends StartDeps {
  readonly oauthClients: OAuthClients;
}

/** Mounts the OAuth API's call of a login; its token endpoint takes `deviceCodeGrantType`. */
export function mountOAuthApi(routes: Routes, deps: OAuthApiDeps): void {
  routes.call('/oauth/device_authorization', authorizeDevice(deps), oauthFormat);
}

/** `POST /oauth/device_authorization`: starts a login and returns its codes. (RFC 8628 §3.1, §3.2) */
function authorizeDevice(deps: OAuthApiDeps): Operation {
  return async (call, body) => {
    const parameters = parametersOf(body);
    const client = deps.oauthClients.find(namedClientId(call, parameters));
    if (!client) throw unknownClient();
    const scope = requestedScope(parameters['scope'], client.scopes);
    await startLogin(deps, call, {
      // A client that nobody registered goes by the name that it gives itself.
      clientName: client.name ?? client.id.slice(0, 64),
      client: { id: client.id, scope },
    });
  };
}

/** The name of the grant type that exchanges a device_code. (RFC 8628 §3.4) */
export const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code';

/**
 * The grant type that exchanges a device_code for tokens. `Prefer: wait=N` has the request held until the login is settled; a
 * client that does not ask for it is paced by the interval. (RFC 8628 §3.4, §3.5; RFC 7240 §4.3)
 */
export function deviceCodeGrantType(deps: CollectDeps, longPollMaxSeconds: number): GrantType {
  return {
    parameter: 'device_code',
    serve: (call, parameters, client) =>
      collect(deps, call, {
        deviceCode: required(parameters, 'device_code'),
        waitSeconds: preferredWaitSeconds(call, longPollMaxSeconds),
        client,
      }),
  };
}
